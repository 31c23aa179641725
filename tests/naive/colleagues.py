"""Step 5: colleagues."""

from naive.activities import odds_of_arenas
from naive.levels import of_what_is_missing, within
from naive.use import example_felt


def learn_from_colleagues(person, post, unit, told):
    team = unit["last"]["teams"][post["team"]]
    ahead = team["able"] - person["competence"]
    if ahead <= 0.0 or person["absent"]:
        return
    pace = told["contact"] * told["teaching_rate"] * team["teachers"]
    pace = pace * odds_of_arenas(unit, told)
    try_along = 1.0 + told["contact"] * told["try_along"] * example_felt(team["users"], told)
    taught = within(within(pace * ahead) * try_along) * person["learner"]
    person["competence"] = of_what_is_missing(person["competence"], taught)


def be_guided_by_leaders(person, unit, told):
    if not person["absent"]:
        pace = told["contact"] * told["guide_rate"] * unit["follow_up"] * person["learner"]
        person["competence"] = beside(unit["last"]["skill"], person["competence"], pace)


def beside(others, own, pace):
    """Return the competence of somebody after a week beside people of the competence of others."""
    return of_what_is_missing(own, within(pace * (others - own))) if others > own else own
