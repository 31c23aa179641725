"""The order of a week, written once for both engines.

Everyone acts on what they themselves were, and on what team and unit looked like, at the end of last
week, so the order in which people act never matters:

1. **People** come and go: leaving, hiring, absence.
2. **Load** is felt: slack and strain.
3. **Activities** are attended, or not; people learn from those they attended.
4. **Leaders** keep some hours for the work and follow up.
5. **Colleagues** teach those beside them.
6. **Attitudes** form and wear off.
7. **Use**: each decides whether the practice is used this week; habit.
8. **Forgetting**.
9. Teams and units **take stock**, and the week is **recorded**.

The functions here only call the steps of `week_post`, `week_person` and `week_unit` in their order;
steps that concern only those who leave or are hired are skipped where nobody does.
``today`` is the week's row of the calendar, ``acts`` its activities.
"""

from qisim.model.arithmetic import anybody
from qisim.model.week_person import (
    feel_load,
    forget,
    form_attitudes,
    join_session,
    leader_feel_load,
    leader_keep_skill,
    leader_use_practice,
    learn,
    learn_from_colleagues,
    plan_champion,
    plan_unit_leader,
    start_week,
    take_part,
    use_practice,
)
from qisim.model.week_post import (
    come_or_go,
    fall_ill,
    leave_post,
    make_leader_post,
    make_staff_post,
    open_post,
    take_up_post,
)
from qisim.model.week_unit import (
    clear_record,
    clear_team,
    clear_unit,
    close_record,
    close_team,
    close_totals,
    count_held,
    count_in_team,
    count_leader,
    count_staff,
    look_ahead,
    meet_fate,
    record_leader,
    record_person,
    record_unit,
    see_who_leads,
    settle,
    share_out,
    take_stock,
    visit,
)


def open_staff(p, d, unit, k, quarter):
    """Make a staff post and fill it, or leave it vacant: week 0."""
    make_staff_post(p, d, unit, k)
    open_post(p, d, k, quarter)


def open_leader(p, d, unit, k, quarter):
    """Make a leadership post and fill it, or leave it vacant: week 0."""
    make_leader_post(p, unit, k)
    open_post(p, d, k, quarter)


def change_hands(p, d, unit, k):
    """Let leavers take along what they learnt, and newcomers begin."""
    if anybody(p.left):
        leave_post(p)
    if anybody(p.hired):
        take_up_post(p, d, unit, k)


def meet_week(unit, d, site, k, today, turn, acts):
    """Let a unit meet its week: the facilitator's visit, the practice's fate, who can lead."""
    visit(unit, site, k, turn)
    meet_fate(unit, d, k, today.running)
    see_who_leads(unit, d, site, k)
    for which in range(len(acts)):
        count_held(unit, site, acts[which])


def live_leader(p, d, unit, site, k, today, acts, number, posts, called):
    """Let a leader live through a week; number 0 leads the unit, the others are champions."""
    if number == 0:
        plan_unit_leader(p, unit, k, today)
    else:
        plan_champion(p, unit, site, k, today)
    come_or_go(p, d, k, called)
    change_hands(p, d, unit, k)
    fall_ill(p, d, k, today.quarter)
    leader_feel_load(p, unit, k, posts, today.running)
    start_week(p, unit, k)
    for which in range(len(acts)):
        if acts[which].for_leaders > 0.5:
            take_part(p, d, unit, k, acts[which], -1.0)
    learn(p)
    form_attitudes(p, unit, k)
    leader_use_practice(p, d, unit, site, k)
    leader_keep_skill(p, unit, site, k)


def live_staff(p, d, unit, team, site, k, today, acts):
    """Let a member of staff live through a week."""
    come_or_go(p, d, k, 0.0)
    change_hands(p, d, unit, k)
    fall_ill(p, d, k, today.quarter)
    feel_load(p, unit, team, k)
    start_week(p, unit, k)
    for which in range(len(acts)):
        if acts[which].for_staff > 0.5:
            take_part(p, d, unit, k, acts[which], acts[which].places)
    join_session(p, d, unit, k)
    learn(p)
    learn_from_colleagues(p, unit, team, k)
    form_attitudes(p, unit, k)
    use_practice(p, d, unit, site, k)
    forget(p, k)


def look_back(unit, staff, leaders, teams, k, demand):
    """Let a unit and its teams see what the week has made of them; next week people act on this."""
    for number in range(len(teams)):
        clear_team(teams[number])
    clear_unit(unit)
    for slot in range(len(staff)):
        count_in_team(teams[slot % len(teams)], staff[slot])
        count_staff(unit, staff[slot])
    for slot in range(len(leaders)):
        count_leader(unit, leaders[slot], slot > 0)
    take_stock(unit, k, demand, float(len(leaders)))
    share_out(unit, k, float(len(staff)))
    look_ahead(unit, k)
    settle(unit, k)
    for number in range(len(teams)):
        close_team(teams[number])


def write_down(now, site, staff, leaders, units):
    """Write down the week for the site as a whole."""
    clear_record(now, site)
    for post in range(len(staff)):
        record_person(now, site, staff[post])
    for post in range(len(leaders)):
        record_leader(site, leaders[post])
    for number in range(len(units)):
        record_unit(now, site, units[number])
    close_record(now, site, float(len(units)), float(len(staff)))
    close_totals(now, site)
