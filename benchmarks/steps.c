/* The three costliest steps of a person's week, written by hand: how far is the compiled engine from
 * what the machine can do?
 *
 * Same draws, same rules, same tables: layout.h, which engines.py writes, declares the records of
 * qisim.engines.compiled, so both work on the same memory. Compiled without fused multiply-add
 * (-ffp-contract=off) the numbers are the same to the last bit, which engines.py checks before it takes
 * any time.
 */

#include <stdint.h>

#include "layout.h"

#define EACH_LANE for (int i = 0; i < LANES; i++)
#define RESTRICT __restrict__

static inline double within(double level) { return level < 0 ? 0 : level > 1 ? 1 : level; }
static inline double relax(double level, double goal, double step) { return level + step * (goal - level); }
static inline double gain(double level, double share) { return level + (1 - level) * share; }
static inline double bernoulli(double draw, double chance) { return draw < chance ? 1 : 0; }
static inline double attitude(double strength, double weight, double level) { return 1 + strength * weight * level; }

/* Draw the decisions of a post for a week: Philox 4x32-10 for each four of them. */
static void draw(Block *RESTRICT blocks, const Key *RESTRICT key, uint64_t slot, uint64_t place, uint64_t week)
{
    const uint64_t low = 0xFFFFFFFF;
    for (uint64_t number = 0; number < BLOCKS; number++) {
        Block *RESTRICT block = &blocks[number];
        EACH_LANE {
            uint64_t c0 = slot, c1 = place, c2 = week, c3 = number, k0 = key->low[i], k1 = key->high[i];
            for (int round = 0; round < 10; round++) {
                uint64_t wide0 = 0xD2511F53 * c0, wide1 = 0xCD9E8D57 * c2;
                c0 = (wide1 >> 32) ^ c1 ^ k0;
                c1 = wide1 & low;
                c2 = (wide0 >> 32) ^ c3 ^ k1;
                c3 = wide0 & low;
                k0 = (k0 + 0x9E3779B9) & low;
                k1 = (k1 + 0xBB67AE85) & low;
            }
            block->first[i] = (double)c0 * 0x1p-32;
            block->second[i] = (double)c1 * 0x1p-32;
            block->third[i] = (double)c2 * 0x1p-32;
            block->fourth[i] = (double)c3 * 0x1p-32;
        }
    }
}

/* Leave, be hired, fall ill or come back. */
static void come_or_go(Person *RESTRICT p, const Chance *RESTRICT d, const Coefficient *RESTRICT k, double quarter)
{
    EACH_LANE {
        double driven = (1 + k->strain_on_leaving[i] * p->strain[i]) / (1 + k->strain_on_leaving[i] * k->usual_strain[i]);
        double held = (1 + k->engagement_on_leaving[i] * k->usual_engagement[i]) / (1 + k->engagement_on_leaving[i] * p->engagement[i]);
        double chance = k->turnover[i] * p->leaving_rate[i] * (driven * held);
        chance = chance > 0.5 ? 0.5 : chance;
        double left = p->in_post[i] * bernoulli(d->leave[i], chance);
        double stays = p->in_post[i] - left;
        double hired = (1 - p->in_post[i]) * bernoulli(d->hire[i], p->hiring_rate[i]);
        int fresh = hired > 0.5;
        double pace = (1 + k->pace_spread[i] * d->pace[i]) / (1 + k->pace_spread[i] * (1 - d->pace[i]));
        double impression = within(k->relevance_from_fit[i] * k->fit[i]);
        double ease = p->ease[i], disposition = p->disposition[i], old_pace = p->pace[i];
        double new_ease = d->ease[i], new_disposition = d->disposition[i], hopes = 0.5 * new_disposition;
        double usual_strain = k->usual_strain[i], usual_engagement = k->usual_engagement[i];
        double strain = p->strain[i] * stays, engagement = p->engagement[i] * stays;
        double dedication = p->dedication[i] * stays, relevance = p->relevance[i] * stays;
        p->left[i] = left;
        p->hired[i] = hired;
        p->in_post[i] = stays + hired;
        p->ease[i] = fresh ? new_ease : ease;
        p->disposition[i] = fresh ? new_disposition : disposition;
        p->pace[i] = fresh ? pace : old_pace;
        p->absent[i] *= stays;
        p->settled[i] *= stays;
        p->competence[i] *= stays;
        p->habit[i] *= stays;
        p->ownership[i] *= stays;
        p->attention[i] *= stays;
        p->used[i] *= stays;
        p->routine[i] *= stays;
        p->took_part[i] *= stays;
        p->extra_hours[i] *= stays;
        p->strain[i] = fresh ? usual_strain : strain;
        p->engagement[i] = fresh ? usual_engagement : engagement;
        p->dedication[i] = fresh ? hopes : dedication;
        p->relevance[i] = fresh ? impression : relevance;
    }
    EACH_LANE {
        double season = 1 + k->season_swing[i] * (quarter - 1);
        double worn = 1 + k->strain_on_absence[i] * (p->strain[i] - k->usual_strain[i]);
        double level = k->sickness_absence[i] * season * worn;
        level = level < 0 ? 0 : level > 0.9 ? 0.9 : level;
        double falls_ill = level / ((1 - level) * k->absence_weeks[i]);
        double stays_away = 1 - 1 / k->absence_weeks[i];
        double chance = p->absent[i] > 0.5 ? stays_away : falls_ill;
        p->absent[i] = p->in_post[i] * bernoulli(d->absence[i], chance);
        p->present[i] = p->in_post[i] * (1 - p->absent[i]);
        p->settled[i] = p->in_post[i] * relax(p->settled[i], 1, k->settling_step[i]);
        p->learner[i] = 1 / (1 + p->variety[i] * (p->gap[i] + k->ease_gap[i] * (1 - p->ease[i])));
    }
}

/* Decide on use; know what it costs in hours. */
static void use_practice(Person *RESTRICT p, const Chance *RESTRICT d, const Unit *RESTRICT unit, const Coefficient *RESTRICT k)
{
    EACH_LANE {
        double opportunity = gain(p->room[i], within(k->dedication[i] * k->dedicated_hold[i] * p->dedication[i]));
        double square = p->seen[i] * p->seen[i];
        double example = 1 + k->norm_weight[i] * square / (square + k->norm_threshold[i] * k->norm_threshold[i]);
        double attitudes = attitude(k->ownership[i], k->ownership_weight[i], p->ownership[i])
                         * attitude(k->engagement[i], k->engagement_weight[i], p->engagement[i])
                         * attitude(k->perceived_relevance[i], k->relevance_weight[i], p->relevance[i]);
        double odds = k->base_odds[i] * attitudes * example * unit->staff_support[i] * unit->tool_odds[i];
        double able = p->competence[i] * (1 + k->half_competence[i]) / (p->competence[i] + k->half_competence[i]);
        double intent = p->attention[i] * able * opportunity * (odds / (1 + odds));
        double chance = p->present[i] * gain(intent, k->habit_carries[i] * p->habit[i]);
        double used = bernoulli(d->use[i], chance);
        double step = k->habit_step[i] * p->pace[i];
        double grown = gain(p->habit[i], step > 0.5 ? 0.5 : step);
        double faded = p->habit[i] * (1 - k->habit_loss[i]);
        double habit = used > 0.5 ? grown : faded;
        double routine = habit < k->routine_lost_at[i] ? 0 : p->routine[i];
        p->routine[i] = habit >= k->routine_at[i] ? 1 : routine;
        p->used[i] = used;
        p->habit[i] = habit;
        p->writing[i] = used * unit->writing[i];
        p->programme_hours[i] = p->attended_hours[i];
        p->extra_hours[i] = p->own_time[i] + used * (unit->writing[i] + unit->workarounds[i] - unit->saved[i]);
    }
}

/* Let people live through weeks of some steps: 1 draw, 2 come_or_go, 4 use_practice. */
void live(int64_t which, int64_t begin, int64_t end, int64_t posts, Person *staff, Unit *unit, Coefficient *k, Key *key, Block *blocks)
{
    for (int64_t week = begin; week < end; week++)
        for (int64_t slot = 0; slot < posts; slot++) {
            if (which & 1)
                draw(blocks, key, (uint64_t)slot, 0, (uint64_t)week);
            if (which & 2)
                come_or_go(&staff[slot], (Chance *)blocks, k, 1.0);
            if (which & 4)
                use_practice(&staff[slot], (Chance *)blocks, unit, k);
        }
}
