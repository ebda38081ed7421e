/* A mock UKey behind the SKF interface (GM/T 0016): one application, one container, a PIN with a counter of its own that outlives
   the process (STATE). It keeps the layouts and the order of calls of the standard, does real SM4, and has real SM2 done by
   the program TOKEN, which holds the key pair number KEY. PULL_IN names the function during which the UKey is pulled out. */
#include <stdio.h>
#include <stdlib.h>
#include "sm4.h"

typedef uint32_t ULONG;
typedef void *HANDLE;

#ifndef DEVICES
#define DEVICES "Mock Key 1\0"
#endif
#ifndef TRIES
#define TRIES 8
#endif
#ifndef FACTORY
#define FACTORY 0
#endif
#ifndef KEY
#define KEY 7
#endif
#ifndef PULL_IN
#define PULL_IN ""
#endif
#define PULLED(name) do { if (gone || !strcmp(PULL_IN, name)) { gone = 1; return REMOVED; } } while (0)

enum { OK = 0, DECRYPT = 0x0A00001B, INVALID = 0x0A000006, SMALL = 0x0A000020, REMOVED = 0x0A000023, WRONG = 0x0A000024, LOCKED = 0x0A000025, NOT_IN = 0x0A00002D, NO_APP = 0x0A00002E, NO_CON = 0x0B000035 };

#pragma pack(push, 1)
typedef struct { uint8_t IV[32]; ULONG IVLen, PaddingType, FeedBitLen; } BLOCKCIPHERPARAM;
typedef struct { ULONG BitLen; uint8_t X[64], Y[64]; } ECCPUBLICKEYBLOB;
typedef struct { uint8_t X[64], Y[64], HASH[32]; ULONG CipherLen; uint8_t Cipher[16]; } ECCCIPHERBLOB;
#pragma pack(pop)

struct key { uint32_t magic; uint8_t k[16], iv[16]; int ready; };
static int device, app, container, in, gone;

/* The counter of the PIN. */
static int tries(void) {
    int n = TRIES;
    FILE *f = fopen(STATE, "r");
    if (f && fscanf(f, "%d", &n) != 1) n = TRIES;
    if (f) fclose(f);
    return n;
}
static void left(int n) {
    FILE *f = fopen(STATE, "w");
    if (!f) abort();
    fprintf(f, "%d", n);
    fclose(f);
}

/* Has the token do something with its SM2 key. */
static int token(const char *what, const uint8_t *data, size_t n, uint8_t *out, size_t want) {
    char command[2048];
    int at = snprintf(command, sizeof command, "printf '%%s' '");
    for (size_t i = 0; i < n; i++) at += snprintf(command + at, sizeof command - (size_t)at, "%02x", data[i]);
    snprintf(command + at, sizeof command - (size_t)at, "' | '%s' %s %d 2>/dev/null", TOKEN, what, KEY);
    FILE *f = popen(command, "r");
    if (!f) return 0;
    size_t got = 0;
    unsigned byte;
    while (got < want && fscanf(f, "%2x", &byte) == 1) out[got++] = (uint8_t)byte;
    return pclose(f) == 0 && got == want;
}

ULONG SKF_EnumDev(int present, char *names, ULONG *n) {
    static const char list[] = DEVICES;
    if (!present) return INVALID;
    if (!names) { *n = sizeof list; return OK; }
    if (*n < sizeof list) return SMALL;
    memcpy(names, list, sizeof list);
    *n = sizeof list;
    return OK;
}
ULONG SKF_ConnectDev(const char *name, HANDLE *h) {
    if (strcmp(name, "Mock Key 1")) return REMOVED;
    *h = &device;
    return OK;
}
ULONG SKF_DisConnectDev(HANDLE h) { return h == &device ? OK : INVALID; }
ULONG SKF_OpenApplication(HANDLE d, const char *name, HANDLE *h) {
    if (d != &device) return INVALID;
    if (strcmp(name, "DINGBAN")) return NO_APP;
    *h = &app;
    return OK;
}
ULONG SKF_CloseApplication(HANDLE h) { return h == &app ? OK : INVALID; }
ULONG SKF_GetPINInfo(HANDLE a, ULONG kind, ULONG *most, ULONG *remain, ULONG *factory) {
    PULLED("GetPINInfo");
    if (a != &app || kind != 1) return INVALID;
    *most = 8, *remain = (ULONG)tries(), *factory = FACTORY;
    return OK;
}
ULONG SKF_VerifyPIN(HANDLE a, ULONG kind, const char *pin, ULONG *remain) {
    PULLED("VerifyPIN");
    if (a != &app || kind != 1) return INVALID;
    int n = tries();
    if (n == 0) { *remain = 0; return LOCKED; }
    if (strcmp(pin, "86420-Pin")) {
        left(--n);
        *remain = (ULONG)n;
        return n ? WRONG : LOCKED;
    }
    left(8);
    in = 1;
    return OK;
}
ULONG SKF_ClearSecureState(HANDLE a) { in = 0; return a == &app ? OK : INVALID; }
ULONG SKF_OpenContainer(HANDLE a, const char *name, HANDLE *h) {
    PULLED("OpenContainer");
    if (a != &app) return INVALID;
    if (strcmp(name, "kek")) return NO_CON;
    *h = &container;
    return OK;
}
ULONG SKF_CloseContainer(HANDLE h) { return h == &container ? OK : INVALID; }
ULONG SKF_ExportPublicKey(HANDLE c, int sign, uint8_t *blob, ULONG *n) {
    if (c != &container || sign) return INVALID;
    if (*n < sizeof(ECCPUBLICKEYBLOB)) return SMALL;
    ECCPUBLICKEYBLOB p = {256, {0}, {0}};
    uint8_t xy[64];
    if (!token("public", NULL, 0, xy, sizeof xy)) return INVALID;
    memcpy(p.X + 32, xy, 32), memcpy(p.Y + 32, xy + 32, 32);
    memcpy(blob, &p, sizeof p);
    *n = sizeof p;
    return OK;
}
ULONG SKF_GenRandom(HANDLE d, uint8_t *out, ULONG n) {
    FILE *f = fopen("/dev/urandom", "rb");
    size_t got = f ? fread(out, 1, n, f) : 0;
    if (f) fclose(f);
    return d == &device && got == n ? OK : INVALID;
}
ULONG SKF_ECCExportSessionKey(HANDLE c, ULONG alg, ECCPUBLICKEYBLOB *p, ECCCIPHERBLOB *out, HANDLE *h) {
    static const uint8_t zero[32];
    uint8_t data[80], sealed[112];
    PULLED("ECCExportSessionKey");
    /* 32-byte values stand at the right end of the fields of the standard. */
    if (c != &container || alg != 0x402 || p->BitLen != 256 || memcmp(p->X, zero, 32) || memcmp(p->Y, zero, 32)) return INVALID;
    struct key *k = calloc(1, sizeof *k);
    k->magic = 0x5CF;
    if (SKF_GenRandom(&device, k->k, 16)) return INVALID;
    memcpy(data, p->X + 32, 32), memcpy(data + 32, p->Y + 32, 32), memcpy(data + 64, k->k, 16);
    if (!token("encrypt", data, sizeof data, sealed, sizeof sealed)) return INVALID;
    memset(out, 0, sizeof *out);
    out->CipherLen = 16;
    memcpy(out->X + 32, sealed, 32), memcpy(out->Y + 32, sealed + 32, 32), memcpy(out->HASH, sealed + 64, 32), memcpy(out->Cipher, sealed + 96, 16);
    *h = k;
    return OK;
}
ULONG SKF_ImportSessionKey(HANDLE c, ULONG alg, uint8_t *in_, ULONG n, HANDLE *h) {
    ECCCIPHERBLOB b;
    uint8_t sealed[112];
    PULLED("ImportSessionKey");
    if (!in) return NOT_IN;
    if (c != &container || alg != 0x402 || n != sizeof b) return INVALID;
    memcpy(&b, in_, sizeof b);
    if (b.CipherLen != 16) return INVALID;
    struct key *k = calloc(1, sizeof *k);
    k->magic = 0x5CF;
    memcpy(sealed, b.X + 32, 32), memcpy(sealed + 32, b.Y + 32, 32), memcpy(sealed + 64, b.HASH, 32), memcpy(sealed + 96, b.Cipher, 16);
    if (!token("decrypt", sealed, sizeof sealed, k->k, 16)) return DECRYPT;
    *h = k;
    return OK;
}
static ULONG init(struct key *k, BLOCKCIPHERPARAM p) {
    if (k->magic != 0x5CF || p.IVLen != 16 || p.PaddingType || p.FeedBitLen) return INVALID;
    memcpy(k->iv, p.IV, 16);
    k->ready = 1;
    return OK;
}
static ULONG run(struct key *k, uint8_t *data, ULONG n, uint8_t *out, ULONG *outN, int decrypt) {
    if (k->magic != 0x5CF || !k->ready || n % 16) return INVALID;
    if (*outN < n) return SMALL;
    sm4_cbc(k->k, k->iv, data, n, out, decrypt);
    *outN = n;
    k->ready = 0;
    return OK;
}
ULONG SKF_EncryptInit(HANDLE k, BLOCKCIPHERPARAM p) {
    PULLED("EncryptInit");
    return init(k, p);
}
ULONG SKF_Encrypt(HANDLE k, uint8_t *d, ULONG n, uint8_t *out, ULONG *outN) { return run(k, d, n, out, outN, 0); }
ULONG SKF_DecryptInit(HANDLE k, BLOCKCIPHERPARAM p) { return init(k, p); }
ULONG SKF_Decrypt(HANDLE k, uint8_t *d, ULONG n, uint8_t *out, ULONG *outN) { return run(k, d, n, out, outN, 1); }
ULONG SKF_CloseHandle(HANDLE h) {
    memset(h, 0, sizeof(struct key));
    free(h);
    return OK;
}
