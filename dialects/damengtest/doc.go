// Package damengtest is a server that speaks Dameng's wire protocol (version 8) to
// the vendor's driver, so that the way to a Dameng can be tested where none is: it
// is the driver as customers use it that logs in, binds, fetches and reads LOBs.
//
// Below the protocol lies SQLite, one file for each user. A statement is read as
// Dameng would read it (names without quotes fold to upper case, catalogue views,
// MERGE, types, lengths in bytes or characters, trailing blanks), refused with
// Dameng's error code where Dameng refuses it, and put into SQLite's words.
//
// What a green run proves: the driver and our wrapper work together, each statement
// stays inside what is known of Dameng's language, every schema can be made of what
// our dialect renders, errors are understood, values survive the types and the
// protocol in both directions.
//
// What it does not prove: that DM8 itself takes the statements. The refusals are
// those known from documents (see errors.go), not all there are; plans, speed, row
// locks and deadlocks are not Dameng's (one writer at a time, the others wait and
// get the lock time-out); the log-in is not encrypted; isolation is READ COMMITTED
// only; there is no PL/SQL. `dingban doctor db` on a customer's server is what
// closes this gap.
package damengtest
