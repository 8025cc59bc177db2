// Pong as a plain loop in C, float32, one game after the other on one core; random actions.
//
//     gcc -O3 -march=native -o pong benchmarks/pong.c && ./pong FRAMES SECONDS
//
// prints actions per second. Written from the constants and the order of updates.
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { GAMES = 4096, GOAL = 21 };

typedef struct {
    float left, right, x, y, vx, vy, seen[8], reward;
    uint32_t score_left, score_right, tick, luck;
    uint8_t over;
} Pong;

static uint32_t draw(Pong *g) {  // xorshift32
    g->luck ^= g->luck << 13;
    g->luck ^= g->luck >> 17;
    return g->luck ^= g->luck << 5;
}

static float clip(float v, float low, float high) { return fminf(fmaxf(v, low), high); }

static void look(Pong *g) {
    g->seen[0] = (g->left + 35) / 640;
    g->seen[1] = (g->right + 35) / 640;
    g->seen[2] = g->x / 500;
    g->seen[3] = g->y / 640;
    g->seen[4] = (g->vx + 10) / 20;
    g->seen[5] = (g->vy + 13) / 26;
    g->seen[6] = g->score_left / GOAL;
    g->seen[7] = g->score_right / GOAL;
}

static void serve(Pong *g) {
    g->tick = 0;
    g->left = g->right = 285;
    g->x = 100, g->y = 304;
    g->vx = 10, g->vy = (draw(g) & 1) ? 0 : -1;
}

static void begin(Pong *g) {
    g->score_left = g->score_right = 0;
    serve(g);
    look(g);
}

static void point(Pong *g, float reward) {
    g->reward = reward;
    if (g->score_left == GOAL || g->score_right == GOAL) {
        g->over = 1;
        begin(g);
    } else {
        serve(g);
    }
}

static void step(Pong *g, int action, int frames) {
    float direction = action == 1 ? 1 : action == 2 ? -1 : 0;
    g->tick++;
    g->reward = 0;
    g->over = 0;
    for (int frame = 0; frame < frames; frame++) {
        g->right = clip(g->right + 8 * direction, -35, 605);
        g->left = clip(g->left + clip(g->y - (g->left + 35), -8, 8), -35, 605);
        g->x += g->vx;
        g->y += g->vy;
        if (g->y < 0 || g->y + 32 > 640) g->vy = -g->vy;
        if (g->x < 0) {
            if (g->y + 32 > g->left && g->y < g->left + 70) {
                g->vx = -g->vx;
            } else {
                g->score_right++;
                point(g, 1);
                return;
            }
        }
        if (g->x + 32 > 500) {
            if (g->y + 32 > g->right && g->y < g->right + 70) {
                g->vx = -g->vx;
                g->reward = 0.1f;
                g->vy = clip(g->vy + 3 * direction, -13, 13);
                if (fabsf(g->vy) < 0.01f) g->vy = 3;
                g->x = clip(g->x, 0, 468);
                g->y = clip(g->y, 0, 608);
            } else {
                g->score_left++;
                point(g, -1);
                return;
            }
        }
    }
    look(g);
}

int main(int count, char **arguments) {
    int frames = count > 1 ? atoi(arguments[1]) : 1;
    double seconds = count > 2 ? atof(arguments[2]) : 1, spent = 0, total = 0;
    long actions = 0;
    Pong *games = calloc(GAMES, sizeof(Pong));
    for (int i = 0; i < GAMES; i++) games[i].luck = 2654435769u * (i + 1), begin(&games[i]);
    struct timespec from, to;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
    while (spent < seconds) {
        for (int round = 0; round < 64; round++)
            for (int i = 0; i < GAMES; i++) step(&games[i], (int)((uint64_t)draw(&games[i]) * 3 >> 32), frames), total += games[i].reward;
        actions += 64L * GAMES;
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
        spent = (to.tv_sec - from.tv_sec) + (to.tv_nsec - from.tv_nsec) * 1e-9;
    }
    printf("%.0f\n", actions / spent);
    fprintf(stderr, "mean reward %.5f\n", total / actions);
    return 0;
}
