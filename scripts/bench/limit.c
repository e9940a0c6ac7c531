/* What hashing alone costs: an RFC 6962 tree over SHA-256, and all of its audit paths.
 *
 * limit LEAVES prints the seconds that each took: building the levels; copying every path, level by
 * level, into a buffer that is used again and again.
 */
#include <openssl/sha.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DIGEST = 32, MOST_LEVELS = 40, PATHS_AT_ONCE = 4096 };

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void hash_node(const uint8_t *pair, uint8_t *out) {
    uint8_t node[1 + 2 * DIGEST] = {1};
    SHA256_CTX context;
    memcpy(node + 1, pair, 2 * DIGEST);
    SHA256_Init(&context);
    SHA256_Update(&context, node, sizeof node);
    SHA256_Final(out, &context);
}

/* levels[0] holds the leaves; returns the number of levels. */
static int build(uint8_t **levels, size_t *sizes) {
    int height = 0;
    while (sizes[height] > 1) {
        size_t pairs = sizes[height] / 2;
        uint8_t *below = levels[height], *above = levels[height] + sizes[height] * DIGEST;
        for (size_t i = 0; i < pairs; i++)
            hash_node(below + 2 * i * DIGEST, above + i * DIGEST);
        if (sizes[height] % 2)
            memcpy(above + pairs * DIGEST, below + 2 * pairs * DIGEST, DIGEST);
        sizes[height + 1] = (sizes[height] + 1) / 2;
        levels[++height] = above;
    }
    return height + 1;
}

static size_t copy_path(uint8_t **levels, const size_t *sizes, int height, size_t leaf,
                        uint8_t *out) {
    size_t written = 0;
    for (int level = 0; level < height - 1; level++, leaf /= 2) {
        size_t sibling = leaf ^ 1;
        if (sibling < sizes[level]) {
            memcpy(out + written, levels[level] + sibling * DIGEST, DIGEST);
            written += DIGEST;
        }
    }
    return written;
}

int main(int argc, char **argv) {
    size_t leaves = argc > 1 ? strtoull(argv[1], NULL, 10) : 0;
    uint8_t *nodes = malloc((2 * leaves + MOST_LEVELS) * DIGEST);
    uint8_t *paths = malloc((size_t)PATHS_AT_ONCE * MOST_LEVELS * DIGEST);
    uint8_t *levels[MOST_LEVELS] = {nodes};
    size_t sizes[MOST_LEVELS] = {leaves};
    if (!leaves || !nodes || !paths) return 2;
    for (size_t i = 0; i < leaves * DIGEST; i++) nodes[i] = (uint8_t)(i * 2654435761u >> 13);
    memset(nodes + leaves * DIGEST, 0, (leaves + MOST_LEVELS) * DIGEST);
    memset(paths, 0, (size_t)PATHS_AT_ONCE * MOST_LEVELS * DIGEST);

    double start = seconds();
    int height = build(levels, sizes);
    double built = seconds();
    size_t place = 0, total = 0;
    for (size_t leaf = 0; leaf < leaves; leaf++) {
        if (leaf % PATHS_AT_ONCE == 0) place = 0;
        size_t written = copy_path(levels, sizes, height, leaf, paths + place);
        place += written;
        total += written;
    }
    double copied = seconds();
    printf("{\"build\": %.6f, \"paths\": %.6f, \"path_bytes\": %zu, \"check\": %d}\n",
           built - start, copied - built, total, levels[height - 1][0] ^ paths[0]);
    return 0;
}
