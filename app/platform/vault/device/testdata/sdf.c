/* A mock HSM behind the SDF interface (GM/T 0018): one key-encryption key, number KEY_INDEX. It checks what it is given as a
   real one does, and does real SM4. */
#include <stdio.h>
#include <stdlib.h>
#include "sm4.h"

#ifndef KEY_INDEX
#define KEY_INDEX 1
#endif
#ifndef KEY_BYTE
#define KEY_BYTE 0x11
#endif

enum { OK = 0, OPEN_DEVICE = 0x01000005, NO_KEY = 0x01000008, NO_ALG = 0x01000009, IN_ARG = 0x0100001D };

struct key { uint32_t magic; uint8_t k[16]; };
static int device, session;

static void internal(uint8_t k[16]) { memset(k, KEY_BYTE, 16); }

static int rnd(uint8_t *out, size_t n) {
    FILE *f = fopen("/dev/urandom", "rb");
    size_t got = f ? fread(out, 1, n, f) : 0;
    if (f) fclose(f);
    return got == n;
}

int SDF_OpenDevice(void **h) {
#ifdef NO_DEVICE
    return OPEN_DEVICE;
#endif
    *h = &device;
    return OK;
}
int SDF_CloseDevice(void *h) { return h == &device ? OK : IN_ARG; }
int SDF_OpenSession(void *d, void **s) {
    if (d != &device) return IN_ARG;
    *s = &session;
    return OK;
}
int SDF_CloseSession(void *s) { return s == &session ? OK : IN_ARG; }

int SDF_GenerateRandom(void *s, unsigned int n, unsigned char *out) {
    return s == &session && rnd(out, n) ? OK : IN_ARG;
}

int SDF_GenerateKeyWithKEK(void *s, unsigned int bits, unsigned int alg, unsigned int index, unsigned char *out, unsigned int *n, void **h) {
    uint8_t kek[16];
    if (s != &session || bits != 128 || *n < 16) return IN_ARG;
    if (alg != 0x401) return NO_ALG;
    if (index != KEY_INDEX) return NO_KEY;
    struct key *k = malloc(sizeof *k);
    k->magic = 0x5DF;
    if (!rnd(k->k, 16)) return IN_ARG;
    internal(kek);
    sm4_block(kek, k->k, out, 0);
    *n = 16;
    *h = k;
    return OK;
}

int SDF_ImportKeyWithKEK(void *s, unsigned int alg, unsigned int index, unsigned char *in, unsigned int n, void **h) {
    uint8_t kek[16];
    if (s != &session || n != 16) return IN_ARG;
    if (alg != 0x401) return NO_ALG;
    if (index != KEY_INDEX) return NO_KEY;
    struct key *k = malloc(sizeof *k);
    k->magic = 0x5DF;
    internal(kek);
    sm4_block(kek, in, k->k, 1);
    *h = k;
    return OK;
}

static int cbc(void *s, struct key *k, unsigned int alg, unsigned char *iv, unsigned char *in, unsigned int n, unsigned char *out, unsigned int *outN, int decrypt) {
    if (s != &session || !k || k->magic != 0x5DF || n % 16 || *outN < n) return IN_ARG;
    if (alg != 0x402) return NO_ALG;
    sm4_cbc(k->k, iv, in, n, out, decrypt);
    *outN = n;
    return OK;
}
int SDF_Encrypt(void *s, void *k, unsigned int alg, unsigned char *iv, unsigned char *in, unsigned int n, unsigned char *out, unsigned int *outN) {
    return cbc(s, k, alg, iv, in, n, out, outN, 0);
}
int SDF_Decrypt(void *s, void *k, unsigned int alg, unsigned char *iv, unsigned char *in, unsigned int n, unsigned char *out, unsigned int *outN) {
    return cbc(s, k, alg, iv, in, n, out, outN, 1);
}
int SDF_DestroyKey(void *s, void *h) {
    struct key *k = h;
    if (s != &session || k->magic != 0x5DF) return IN_ARG;
    memset(k, 0, sizeof *k);
    free(k);
    return OK;
}
