// Package vault keeps what people wrote unreadable at rest: it seals cells of tables and streams of bytes, makes the blind
// numbers by which sealed values are found, and holds the keys.
//
// KEK0, outside the database (package kek: a file, a passphrase, shares, a device), opens the key encryption keys (table
// vault_kek); these open the data keys (table vault_key), one per purpose and epoch; and of each data key the working keys are
// derived with HKDF-SM3, one per use and suite. So KEK0 and the key encryption keys can be changed without sealing anything
// anew, and a copy of the database alone is worth nothing. A new epoch of data keys seals, numbers or peppers from then on;
// package reseal moves what older ones made, and a key that nothing needs any longer is destroyed (destroy.go). Files have
// their key in table vault_object: without its row no copy can be read, and to move a file is to seal that row anew.
//
// Everything sealed names its suite and key and is bound to its place: a value moved to another row, column or file is refused,
// and whoever wired the vault is told.
package vault

import _ "dingban/app/platform/vault/adxoff" // Before any use of SM2; see there.
