"""What was once brought to mind stays there."""


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
    """As in the model, without fading."""
    reminded = from_part * took_part + from_support * support + from_example * seen
    share = 1.0 if reminded > 1.0 else reminded
    return attention + (1.0 - attention) * share
