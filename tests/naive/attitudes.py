"""Step 6: attitudes."""

from naive.levels import of_what_is_missing, part_of_the_way, within


def fit_by_now(unit, told):
    return of_what_is_missing(told["fit"], unit["adaptation"])


def form_attitudes(person, unit, told):
    """Relevance, ownership, attention, dedication, engagement; `used` is still last week's."""
    used = 1.0 if person["used"] else 0.0
    effect = told["relevance_from_effect"] * 0.5 * (person["seen"] + used)
    goal = within(told["relevance_from_fit"] * fit_by_now(unit, told) + effect)
    relevance = part_of_the_way(person["relevance"], goal, told["attitude_step"])
    person["relevance"] = of_what_is_missing(relevance, within(person["insight"]))

    ownership = person["ownership"] * (1.0 - told["ownership_loss"])
    grown = told["ownership_from_part"] * person["part"]
    grown = grown + told["ownership_from_adapting"] * unit["adaptation"]
    person["ownership"] = of_what_is_missing(ownership, within(grown))

    attention = person["attention"] * (1.0 - told["attention_loss"])
    reminded = told["attention_from_part"] * person["part"]
    reminded = reminded + told["attention_from_support"] * person["reminded"]
    reminded = reminded + told["attention_from_example"] * person["seen"]
    person["attention"] = of_what_is_missing(attention, within(reminded))

    worn = 1.0 - told["strain_wears"] * person["strain"]
    fed = 0.5 * person["disposition"] + told["dedication_from_support"] * person["support"]
    fed = within(fed + told["dedication_from_results"] * person["seen"])
    dedication = part_of_the_way(person["dedication"], fed * worn, told["attitude_step"])
    drawn_in = within(told["dedication_from_part"] * person["part"])
    person["dedication"] = of_what_is_missing(dedication, drawn_in)
    fed = told["engagement_base"] + told["engagement_from_skill"] * (used * person["competence"])
    fed = within(fed + told["engagement_from_support"] * person["support"])
    step, usual = told["attitude_step"], told["usual_engagement"]
    person["involvement"] = part_of_the_way(person["involvement"], fed * worn, step)
    spilt = told["engagement_spill"] * (person["involvement"] - usual)
    person["engagement"] = usual + spilt
