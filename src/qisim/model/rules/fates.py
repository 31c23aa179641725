"""What becomes of the practice in a unit: settled, dropped, taken up again."""

from __future__ import annotations

from qisim.model.rules.levels import decay, gain, relax


def unlike(draw: float, spread: float) -> float:
    """How a unit differs from the others of its site: a factor around 1, up to `spread` away."""
    return 1.0 + spread * (2.0 * draw - 1.0)


def weeks_of_crisis(weeks: float, load: float, heavy: float) -> float:
    """Weeks of heavy load that are not yet got over: one more, or one less in an easier week."""
    return weeks + 1.0 if load > heavy else (weeks - 1.0 if weeks > 1.0 else 0.0)


def embedded(
    embedding: float, users: float, backing: float, enough: float, step: float, loss: float
) -> float:  # fmt: skip
    """How far the practice stands in the unit's induction list, forms and rota, a week later.

    It is written in while enough staff use it and somebody sees to it, and what is written but no
    longer done is crossed out again (P02, P03; the form is an assumption).
    """
    return (
        relax(embedding, 1.0, users * backing * step) if users >= enough else decay(embedding, loss)
    )


def drop_probability(
    new_leader: float, new_aims: float, crisis: float, crisis_drop: float, embedding: float,
    held: float,
) -> float:  # fmt: skip
    """Chance that a unit drops the practice this week.

    A new leader may have other aims, and after weeks of crisis nobody asks for it any more. What stands
    in forms and rota is dropped less, and so is what a running programme with a plan and fixed
    time holds (Q43, Q45; sizes are assumptions).
    """
    chance = gain(new_leader * new_aims, crisis * crisis_drop)
    return chance * (1.0 - embedding) * (1.0 - held)


def fading_level(faded_at: float, embedding: float, held: float) -> float:
    """Share of staff who use it, lately, below which a unit has stopped without a word.

    As with dropping: what stands in forms and rota, or is held by a running programme, is not so soon
    taken to be over (an assumption).
    """
    return faded_at * (1.0 - embedding) * (1.0 - held)


def return_probability(restart: float, able: float, held: float, revive: float) -> float:
    """Chance that a unit takes up again this week what it had dropped.

    The likelier, the more of its people can still do it; and a running programme asks for it.
    """
    return gain(restart * able, held * revive)
