/* SM4 (GB/T 32907) with CBC, for the mock devices of the tests. */
#include <stdint.h>
#include <string.h>

static const char *SBOX_HEX =
    "d690e9fecce13db716b614c228fb2c052b679a762abe04c3aa441326498606999c4250f491ef987a33540b43edcfac62"
    "e4b31ca9c908e89580df94fa758f3fa64707a7fcf37317ba83593c19e6854fa8686b81b27164da8bf8eb0f4b70569d35"
    "1e240e5e6358d1a225227c3b01217887d40046579fd327524c3602e7a0c4c89eeabf8ad240c738b5a3f7f2cef96115a1"
    "e0ae5da49b341a55ad933230f58cb1e31df6e22e8266ca60c02923ab0d534e6fd5db3745defd8e2f03ff6a726d6c5b51"
    "8d1baf92bbddbc7f11d95c411f105ad80ac13188a5cd7bbd2d74d012b8e5b4b08969974a0c96777e65b9f109c56ec684"
    "18f07dec3adc4d2079ee5f3ed7cb3948";

static uint8_t sbox(uint8_t x) {
    uint8_t v = 0;
    for (int i = 0; i < 2; i++) {
        char c = SBOX_HEX[2 * x + i];
        v = (uint8_t)(v << 4 | (c <= '9' ? c - '0' : c - 'a' + 10));
    }
    return v;
}

static uint32_t rotl(uint32_t x, int n) { return x << n | x >> (32 - n); }

static uint32_t tau(uint32_t x) {
    return (uint32_t)sbox(x >> 24) << 24 | (uint32_t)sbox(x >> 16) << 16 | (uint32_t)sbox(x >> 8) << 8 | sbox((uint8_t)x);
}

static uint32_t word(const uint8_t *b) { return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3]; }

static void put(uint8_t *b, uint32_t w) {
    for (int i = 0; i < 4; i++) b[i] = (uint8_t)(w >> (24 - 8 * i));
}

static void sm4_block(const uint8_t key[16], const uint8_t in[16], uint8_t out[16], int decrypt) {
    static const uint32_t fk[4] = {0xa3b1bac6, 0x56aa3350, 0x677d9197, 0xb27022dc};
    uint32_t k[36], rk[32], x[36];
    for (int i = 0; i < 4; i++) k[i] = word(key + 4 * i) ^ fk[i];
    for (int i = 0; i < 32; i++) {
        uint32_t ck = 0;
        for (int j = 0; j < 4; j++) ck = ck << 8 | (uint8_t)((4 * i + j) * 7);
        uint32_t t = tau(k[i + 1] ^ k[i + 2] ^ k[i + 3] ^ ck);
        rk[i] = k[i + 4] = k[i] ^ t ^ rotl(t, 13) ^ rotl(t, 23);
    }
    for (int i = 0; i < 4; i++) x[i] = word(in + 4 * i);
    for (int i = 0; i < 32; i++) {
        uint32_t t = tau(x[i + 1] ^ x[i + 2] ^ x[i + 3] ^ rk[decrypt ? 31 - i : i]);
        x[i + 4] = x[i] ^ t ^ rotl(t, 2) ^ rotl(t, 10) ^ rotl(t, 18) ^ rotl(t, 24);
    }
    for (int i = 0; i < 4; i++) put(out + 4 * i, x[35 - i]);
}

static void sm4_cbc(const uint8_t key[16], uint8_t iv[16], const uint8_t *in, uint32_t n, uint8_t *out, int decrypt) {
    for (uint32_t at = 0; at < n; at += 16) {
        uint8_t b[16], c[16];
        memcpy(c, in + at, 16);
        if (!decrypt) {
            for (int i = 0; i < 16; i++) b[i] = c[i] ^ iv[i];
            sm4_block(key, b, out + at, 0);
            memcpy(iv, out + at, 16);
        } else {
            sm4_block(key, c, b, 1);
            for (int i = 0; i < 16; i++) out[at + i] = b[i] ^ iv[i];
            memcpy(iv, c, 16);
        }
    }
}
