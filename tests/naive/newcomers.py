"""Who comes: the group, the post, and what a person brings."""

from naive.chance import STAFF, bernoulli
from naive.levels import of_what_is_missing, within
from naive.programme import quarter_over_mean

NURSE, CARE_WORKER, UNSCHOOLED = 0, 1, 2


def group_of_post(draw, told):
    if draw < told["nurse_share"]:
        return NURSE
    if draw >= 1.0 - told["unschooled_share"]:
        return UNSCHOOLED
    return CARE_WORKER


def size_of_post(draw, told):
    full = told["full_time_share"]
    if draw < full:
        return 1.0
    mean_of_parts = (told["mean_post"] - full) / (1.000001 - full)
    to_nearest_end = min(mean_of_parts, 1.0 - mean_of_parts)
    from_minus_one_to_one = 2.0 * ((draw - full) / (1.000001 - full)) - 1.0
    size = mean_of_parts + 0.8 * to_nearest_end * from_minus_one_to_one
    return max(size, 0.1)


def fill_at_the_start(post, draw, told):
    leaving = told["turnover"] * post["leaving"]
    vacant = bernoulli(draw["hire"], leaving / (leaving + post["hiring"]))
    post["person"] = None if vacant else newcomer(post, draw, 0.0, told)
    if not vacant:
        post["person"]["settled"] = 1.0
        if post["person"]["did_it_before"]:
            post["person"]["competence"] = told["baseline_skill"]
            post["person"]["used"] = post["person"]["routine"] = True
        level = level_of_absence(post["person"], 0, told)
        post["person"]["absent"] = bernoulli(draw["start"], level)


def newcomer(post, draw, shown, told):
    """Return who begins in a post and is shown so much of the practice."""
    of_staff = post["level"] == STAFF
    before = of_staff and bernoulli(draw["before"], told["baseline"])
    person = {
        "ease": draw["ease"],
        "disposition": draw["disposition"],
        "pace": pace_of_habits(draw["pace"], told),
        "absent": False,
        "settled": 0.0,
        "strain": told["usual_strain"],
        "engagement": told["usual_engagement"],
        "involvement": told["usual_engagement"],
        "dedication": 0.5 * draw["disposition"],
        "relevance": within(told["relevance_from_fit"] * told["fit"]),
        "took_part": False,
        "trained": False,
        "comes_at_all": not (of_staff and bernoulli(draw["comes"], told["never_come"])),
        "rota_place": (0.0 if draw["place"] < 0.5 else 2.0) if of_staff else 1.0,
        "did_it_before": before,
        "will_never": of_staff and bernoulli(draw["never"], told["never_use"]),
        "competence": of_what_is_missing(shown, told["baseline_skill"]) if before else shown,
        "attention": of_what_is_missing(shown, 1.0 if before else 0.0),
        "habit": 1.0 if before else 0.0,
        "recent_use": 1.0 if before else 0.0,
        "ownership": 0.0,
        "used": False,
        "routine": False,
        "learner": 1.0,
    }
    for hours in [
        "extra_hours",
        "programme_hours",
        "writing",
        "suffices",
        "hours_done",
        "meetings",
    ]:
        person[hours] = 0.0
    if of_staff:
        gaps = {
            NURSE: 0.0,
            CARE_WORKER: told["care_worker_gap"],
            UNSCHOOLED: told["unschooled_gap"],
        }
        harder = gaps[post["group"]] + told["ease_gap"] * (1.0 - person["ease"])
        person["learner"] = 1.0 / (1.0 + told["staff_variety"] * harder)
    return person


def pace_of_habits(draw, told):
    return (1.0 + told["pace_spread"] * draw) / (1.0 + told["pace_spread"] * (1.0 - draw))


def level_of_absence(person, week, told):
    season = 1.0 + told["season_swing"] * (quarter_over_mean(week, told) - 1.0)
    worn = 1.0 + told["strain_on_absence"] * (person["strain"] - told["usual_strain"])
    return min(max(told["sickness_absence"] * season * worn, 0.0), 0.9)
