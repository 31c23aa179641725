"""Step 1: people come, go and are away."""

from naive.chance import LEADER, STAFF, bernoulli
from naive.levels import part_of_the_way
from naive.newcomers import level_of_absence, newcomer
from naive.programme import must_leave


def people_come_and_go(post, unit, site, draw, told):
    person = post["person"]
    post["newly_filled"] = person is None and bernoulli(draw["hire"], post["hiring"])
    if post["newly_filled"]:
        person = newcomer(post, draw, shown_at_the_start(post, unit, told), told)
    elif person is not None and leaves(person, post, unit, site, draw, told):
        post["predecessor"] = person["competence"]
        person = None
        site["leavers" if post["level"] == STAFF else "leader_leavers"] += 1
    if person is not None:
        if person["absent"]:
            chance = 1.0 - 1.0 / told["absence_weeks"]
        else:
            level = level_of_absence(person, site["week"], told)
            chance = level / ((1.0 - level) * told["absence_weeks"])
        person["absent"] = bernoulli(draw["absence"], chance)
        person["settled"] = part_of_the_way(person["settled"], 1.0, told["settling_step"])
    post["person"] = person


def shown_at_the_start(post, unit, told):
    """Return what induction shows to staff, and a hand-over to leaders."""
    if post["level"] == LEADER:
        return told["leader_handover"] * post["predecessor"]
    return unit["last"]["induction"]


def leaves(person, post, unit, site, draw, told):
    if post["level"] == LEADER:
        kind = "leader_leaves" if post["slot"] == 0 else "champion_leaves"
        if must_leave(kind, unit, site["week"], told):
            return True
    by_strain, by_engagement = told["strain_on_leaving"], told["engagement_on_leaving"]
    driven = (1.0 + by_strain * person["strain"]) / (1.0 + by_strain * told["usual_strain"])
    held = (1.0 + by_engagement * told["usual_engagement"]) / (
        1.0 + by_engagement * person["engagement"]
    )
    return bernoulli(draw["leave"], min(told["turnover"] * post["leaving"] * (driven * held), 0.5))
