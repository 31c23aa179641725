"""From a difference to advice: what explains it, what would reverse it, what it costs.

For the rooms above::

    claims     Executable claims: sentences about what the model gives, with what would make them true
    follow     Follow a plan: counts so far in; a forecast, and stay, add a refresher, or switch, out
    explain    What makes the difference between two scenarios
    flip       The smallest plausible change that would reverse the answer
    lever_map  Maps of where the answer flips, over a grid of two parameters
    report     The report for decision-makers: the answer on one page, and the details behind it
    robust     How robust: in what share of plausible worlds each plan is ahead, and what decides it
    stories    One person in two worlds: the same person and the same luck, until the stories diverge
    headings   Headings of the tables of an answer
    levers     The gain and cost of every possible change of a plan, cheapest first
    parts      What differs between two scenarios, cut into parts
    shapley    Shapley values
    worth      Whether a plan pays, which change pays best, and what would be worth knowing first
    search     The best plan within a budget
    trial      Design a real study: its power, with the adoption curves of the model

Of this room alone::

    boxes      Boxes of worlds: cut in two where that parts their values best
    changes    One thing changed in a scenario, or in two at once
    figures    The figures of this room
    figure_words  The words of a finished figure, taken out or told in another language
    finding    What an answer of this room looks like
    finding_page  The page of an answer, in each of the report's languages
    game       The worlds between two scenarios as a game: who brings how much of the difference
    map_figure  The figure of a map
    plan_options  What can be changed in a plan: numbers, weeks, the calendar, and nothing at all
    report_folder  The folders that a report is made of, read back
    report_words  The words of the report in another language
    question   A decision command as a study, with the lifecycle that all studies share
    search_dials  The variables of the search for the best plan
    sites      Many plausible sites, each with numbers and luck of its own
    follow_words  The wording of a forecast
    information  The expected value of partial perfect information
    failing    The chance that a plan fails, and its early signs
    optimise   The best point within a budget
    worth_words  The wording of a payoff analysis
    turns      What can still be done with a plan that is under way
    trial_tests  How a cluster-randomised study is analysed, and the closed form of its power
    trial_words  The wording of a trial design
    ways       Ways of moving numbers, and which numbers go them
    worlds     Runs that a decision rests on
"""

__all__ = ["claims", "explain", "flip", "follow", "headings", "lever_map", "levers", "parts", "report",
           "robust", "search", "shapley", "stories", "trial", "worth"]  # fmt: skip
