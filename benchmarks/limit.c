/* The machine's limit: a scalar loop over a card battle of the size of a real one, with nothing in it but the game.
 *
 * Two players, twenty cards each as bit masks, four places a side with packed counters, twelve kinds of effects read
 * from operand rows, a random legal action each step. Games that end start again. The rules are this file's own; what
 * counts is that a step reads and writes about as much as one of the engine's.
 *
 * usage: limit GAMES STEPS ROWS → steps, seconds and a checksum.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PLACES = 4, CARDS = 20, TYPES = 8, LONGEST = 6, TURNS = 60, GOAL = 3 };
enum Op { NOTHING, HURT, HURT_EACH, HEAL, DRAW, CHARGE, DRAIN, FLIP, TIMES, MARK, SWAP, GUARD, BOOST, OPS };
enum Action { END, ATTACH, PLAY = ATTACH + PLACES, RAISE = PLAY + CARDS, RETREAT = RAISE + PLACES, ATTACK = RETREAT + PLACES - 1,
              ACTIONS = ATTACK + 2 };

typedef struct { uint8_t op, amount; } Step;
typedef struct { Step steps[LONGEST]; uint8_t base, cost, type, health, weak, leave; } Row;
typedef struct { int16_t row, hurt; uint32_t power; uint8_t marks, fresh; } Place;
typedef struct {
    uint32_t deck, hand, gone;
    Place places[PLACES];
    uint8_t points, list, guard, boost;
} Side;
typedef struct { Side sides[2]; uint32_t key, tick; uint8_t turn, mover, attached, retreated, over; } Game;

static Row *rows;
static int row_count;
static int16_t decks[64][CARDS];

static uint32_t mix(uint32_t x) {
    x ^= x >> 16; x *= 0x7feb352du; x ^= x >> 15; x *= 0x846ca68bu;
    return x ^ (x >> 16);
}
static uint32_t draw(Game *g, uint32_t n) { return (uint32_t)(((uint64_t)mix(g->key + g->tick++) * n) >> 32); }
static int nth(uint32_t mask, int k) {
    while (k-- > 0) mask &= mask - 1;
    return __builtin_ctz(mask);
}
static int total(uint32_t power) {
    int sum = 0;
    for (int t = 0; t < TYPES; t++) sum += power >> (4 * t) & 15;
    return sum;
}
static void deal(Game *g, Side *s, int n) {
    for (; n > 0 && s->deck; n--) {
        uint32_t card = 1u << nth(s->deck, draw(g, __builtin_popcount(s->deck)));
        s->deck ^= card, s->hand |= card;
    }
}
static int health(const Place *p) { return rows[p->row].health * 10 - p->hurt; }

static void start(Game *g, uint32_t key) {
    memset(g, 0, sizeof *g);
    g->key = key;
    for (int p = 0; p < 2; p++) {
        Side *s = &g->sides[p];
        s->list = draw(g, 64), s->deck = (1u << CARDS) - 1;
        for (int i = 0; i < PLACES; i++) s->places[i].row = -1;
        deal(g, s, 5);
        int card = nth(s->hand, draw(g, 5));
        s->hand ^= 1u << card, s->places[0].row = decks[s->list][card];
    }
}

static uint64_t legal(const Game *g) {
    const Side *s = &g->sides[g->mover];
    uint64_t mask = 1ull << END;
    int space = 0;
    for (int i = 0; i < PLACES; i++) {
        const Place *p = &s->places[i];
        if (p->row < 0) { space = 1; continue; }
        if (!g->attached) mask |= 1ull << (ATTACH + i);
        if (p->fresh && s->hand) mask |= 1ull << (RAISE + i);
        if (i && !g->retreated && total(s->places[0].power) >= rows[s->places[0].row].leave) mask |= 1ull << (RETREAT + i - 1);
    }
    if (space) mask |= (uint64_t)s->hand << PLAY;
    if (!(s->places[0].marks & 2))
        for (int a = 0; a < 2; a++)
            if (total(s->places[0].power) >= rows[(s->places[0].row + a) % row_count].cost) mask |= 1ull << (ATTACK + a);
    return mask;
}

static void effect(Game *g, const Row *row, Side *me, Side *foe) {
    int heads = 0, damage = row->base * 10 + me->boost;
    for (int i = 0; i < LONGEST; i++) {
        Step step = row->steps[i];
        Place *self = &me->places[0], *other = &foe->places[0];
        switch (step.op) {
        case HURT: self->hurt += step.amount; break;
        case HURT_EACH: for (int k = 1; k < PLACES; k++) if (foe->places[k].row >= 0) foe->places[k].hurt += step.amount; break;
        case HEAL: self->hurt = self->hurt > step.amount ? self->hurt - step.amount : 0; break;
        case DRAW: deal(g, me, step.amount & 3); break;
        case CHARGE: if ((self->power >> (4 * row->type) & 15) < 12) self->power += 1u << (4 * row->type); break;
        case DRAIN: { int t = draw(g, TYPES); if (other->power >> (4 * t) & 15) other->power -= 1u << (4 * t); break; }
        case FLIP: for (int k = step.amount & 3; k >= 0; k--) heads += draw(g, 2); break;
        case TIMES: damage += heads * step.amount; break;
        case MARK: other->marks |= 1 << (step.amount & 3); break;
        case SWAP: for (int k = 1; k < PLACES; k++) if (me->places[k].row >= 0) {
            Place kept = me->places[0]; me->places[0] = me->places[k], me->places[k] = kept, me->places[k].marks = 0; break; } break;
        case GUARD: me->guard = step.amount; break;
        case BOOST: damage += total(self->power) * 10; break;
        }
    }
    Place *other = &foe->places[0];
    if (damage > 0 && rows[other->row].weak == row->type) damage += 20;
    damage -= foe->guard;
    if (damage > 0) other->hurt += damage;
}

static void settle(Game *g, int p, Side *s, Side *rival) {
    (void)p;
    for (int i = 0; i < PLACES; i++)
        if (s->places[i].row >= 0 && health(&s->places[i]) <= 0) s->places[i] = (Place){.row = -1}, rival->points++;
    if (s->places[0].row < 0)
        for (int i = 1; i < PLACES; i++)
            if (s->places[i].row >= 0) { s->places[0] = s->places[i], s->places[i].row = -1; break; }
    if (rival->points >= GOAL || s->places[0].row < 0) g->over = 1;
}

static void step(Game *g) {
    Side *me = &g->sides[g->mover], *foe = &g->sides[!g->mover];
    uint64_t mask = legal(g);
    int k = draw(g, __builtin_popcountll(mask));
    while (k-- > 0) mask &= mask - 1;
    int action = __builtin_ctzll(mask), ends = action == END;
    if (action >= ATTACK) {
        effect(g, &rows[(me->places[0].row + action - ATTACK) % row_count], me, foe), ends = 1;
        settle(g, !g->mover, foe, me), settle(g, g->mover, me, foe);
    } else if (action >= RETREAT) {
        int to = action - RETREAT + 1;
        Place kept = me->places[0];
        for (int left = rows[kept.row].leave, t = 0; left > 0 && t < TYPES; t++)
            while (left > 0 && kept.power >> (4 * t) & 15) kept.power -= 1u << (4 * t), left--;
        kept.marks = 0, me->places[0] = me->places[to], me->places[to] = kept, g->retreated = 1;
    } else if (action >= RAISE) {
        Place *p = &me->places[action - RAISE];
        int card = nth(me->hand, draw(g, __builtin_popcount(me->hand)));
        me->hand ^= 1u << card, p->row = decks[me->list][card], p->fresh = 0, p->marks = 0;
    } else if (action >= PLAY) {
        int card = action - PLAY, i = 0;
        while (me->places[i].row >= 0) i++;
        me->hand ^= 1u << card, me->places[i] = (Place){.row = decks[me->list][card]};
    } else if (action >= ATTACH) {
        Place *p = &me->places[action - ATTACH];
        int t = rows[p->row].type;
        if ((p->power >> (4 * t) & 15) < 12) p->power += 1u << (4 * t);
        g->attached = 1;
    }
    if (ends && !g->over) {
        for (int p = 0; p < 2; p++) {
            Place *active = &g->sides[p].places[0];
            if (active->marks & 1) active->hurt += 10;
            if (active->marks & 4 && draw(g, 2)) active->marks &= ~4;
            if (p == g->mover) active->marks &= ~2;
            settle(g, p, &g->sides[p], &g->sides[!p]);
        }
        for (int i = 0; i < PLACES; i++) me->places[i].fresh = 1;
        foe->guard = 0, g->mover = !g->mover, g->turn++, g->attached = g->retreated = 0;
        deal(g, &g->sides[g->mover], 1);
        if (g->turn >= TURNS) g->over = 1;
    }
}

int main(int argc, char **argv) {
    int games = argc > 1 ? atoi(argv[1]) : 4096, steps = argc > 2 ? atoi(argv[2]) : 256;
    row_count = argc > 3 ? atoi(argv[3]) : 512;
    rows = calloc(row_count, sizeof *rows);
    uint32_t seed = 1;
    for (int r = 0; r < row_count; r++) {
        for (int i = 0; i < (int)(mix(seed++) % LONGEST); i++)
            rows[r].steps[i] = (Step){mix(seed++) % OPS, mix(seed++) % 5 * 10};
        rows[r].base = mix(seed++) % 8, rows[r].cost = 1 + mix(seed++) % 3, rows[r].type = mix(seed++) % TYPES;
        rows[r].health = 5 + mix(seed++) % 12, rows[r].weak = mix(seed++) % TYPES, rows[r].leave = 1 + mix(seed++) % 3;
    }
    for (int d = 0; d < 64; d++)
        for (int c = 0; c < CARDS; c++) decks[d][c] = mix(seed++) % row_count;
    Game *all = malloc(games * sizeof *all);
    for (int i = 0; i < games; i++) start(&all[i], mix(i));
    struct timespec from, to;
    clock_gettime(CLOCK_MONOTONIC, &from);
    uint32_t ended = 0;
    for (int s = 0; s < steps; s++)
        for (int i = 0; i < games; i++) {
            step(&all[i]);
            if (all[i].over) ended++, start(&all[i], mix(all[i].key + all[i].tick));
        }
    clock_gettime(CLOCK_MONOTONIC, &to);
    double seconds = (to.tv_sec - from.tv_sec) + (to.tv_nsec - from.tv_nsec) * 1e-9;
    printf("%lld %.9f %zu %u\n", (long long)games * steps, seconds, sizeof(Game), ended);
    free(all), free(rows);
    return 0;
}
