"""Nobody sees, teaches or moves anybody."""


def seen_share(contact: float, users: float) -> float:
    """Nobody is seen."""
    return 0.0


def teaching(
    strength: float,
    weight: float,
    contact: float,
    rate: float,
    arena: float,
    teachers: float,
    able: float,
    competence: float,
) -> float:
    """Nobody teaches."""
    return 0.0


def pull_of_example(contact: float, weight: float, share: float, threshold: float) -> float:
    """Example moves nobody."""
    return 1.0


def try_along(contact: float, weight: float, share: float, threshold: float) -> float:
    """Nobody tries along."""
    return 1.0


def learned_from(level: float, others: float, pace: float) -> float:
    """Nobody learns beside somebody."""
    return level


def relevance_goal(
    from_fit: float, fit: float, from_effect: float, seen: float, used: float
) -> float:
    """As in the model, with nothing seen in others (leaders see their unit outside `seen_share`)."""
    goal = from_fit * fit + from_effect * 0.5 * used
    return 1.0 if goal > 1.0 else goal


def kept_in_mind(
    attention: float,
    loss: float,
    from_part: float,
    took_part: float,
    from_support: float,
    support: float,
    from_example: float,
    seen: float,
) -> float:
    """As in the model, with nobody's example."""
    reminded = from_part * took_part + from_support * support
    share = 1.0 if reminded > 1.0 else reminded
    kept = attention * (1.0 - loss)
    return kept + (1.0 - kept) * share


def dedication_goal(
    disposition: float,
    from_support: float,
    support: float,
    from_results: float,
    seen: float,
    wear: float,
    strain: float,
) -> float:
    """As in the model, with no results seen in others."""
    goal = 0.5 * disposition + from_support * support
    return (1.0 if goal > 1.0 else goal) * (1.0 - wear * strain)
