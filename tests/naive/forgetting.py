"""Step 8: forgetting."""

from naive.colleagues import beside
from naive.levels import of_what_is_missing


def forget(person, told):
    if person["used"]:
        person["competence"] = of_what_is_missing(person["competence"], told["learning_by_doing"])
    fade(person, told)


def keep_a_leaders_skill(person, unit, site, told):
    """Let a leader learn from the work, the unit, other leaders and the facilitator; then forget."""
    skill = person["competence"]
    if person["used"]:
        skill = of_what_is_missing(skill, told["leader_practice"])
    if not person["absent"]:
        skill = beside(unit["last"]["able"], skill, told["contact"] * told["leader_from_unit"])
        skill = beside(site["leader_skill"], skill, told["contact"] * told["leader_from_peers"])
        if told["leaders_are_meant"]:
            coached = told["coaching_step"] * unit["facilitation"]
            skill = of_what_is_missing(skill, coached)
    person["competence"] = skill
    fade(person, told)


def fade(person, told):
    loss = told["skill_loss"]
    if person["used"]:
        loss = loss * (1.0 - told["practice_protects"])
    person["competence"] = person["competence"] * (1.0 - loss)
