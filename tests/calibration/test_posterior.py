"""Calibration: known posteriors, honest intervals, what the data speak about, and the flow."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import tomlkit
from scipy import stats
from worlds import SMALL, small

import qisim
from qisim.calibration import diagnostics as cc
from qisim.calibration import posterior as c
from qisim.calibration.prior_check import check_prior
from qisim.calibration.result import findings, honesty
from qisim.calibration.study import FEWEST_SAMPLES
from qisim.cli.main import exit_code
from qisim.errors import InputError, Interrupted, StoreError
from qisim.model.parameters import PARAMETERS
from qisim.output.folder import damaged_files
from qisim.runs import executor

DATA = Path(__file__).parents[2] / "docs" / "data"
NOISE = 0.05
ROWS = 12


def linear_table(sites, seed=0, inert=6):
    """Return sites whose shares follow the first score in a line; the others do nothing."""
    rng = np.random.default_rng(seed)
    scores = rng.standard_normal((sites, 1 + inert))
    shares = 0.5 + 0.05 * scores[:, :1] + NOISE * rng.standard_normal((sites, ROWS))
    return c.ReferenceTable(scores, np.clip(shares, 0, 1), np.full(ROWS, 40.0))


@pytest.fixture(scope="module")
def table():
    return linear_table(6000)


def exact(share):
    """Return mean and sd of the first score given shares, by the textbook."""
    precision = 1.0 + ROWS * (0.05 / NOISE) ** 2
    return 0.05 * (share - 0.5).sum() / NOISE**2 / precision, precision**-0.5


# --- statistics -----------------------------------------------------------------------------------


@pytest.mark.parametrize("truth", [-1.5, 0.0, 1.0])
def test_a_posterior_that_is_known_is_found(table, truth):
    share = np.full(ROWS, 0.5 + 0.05 * truth)
    found = table.posterior(table.summaries.of(share[None])[0])
    mean, sd = exact(share)
    assert found.mean[0] == pytest.approx(mean, abs=0.06)
    assert found.sd[0] == pytest.approx(sd, rel=0.12)
    assert np.abs(found.mean[1:]).max() < 0.25 and np.abs(found.sd[1:] - 1).max() < 0.12
    low, high = found.quantiles((0.025, 0.975))[:, 0]
    assert (low, high) == pytest.approx((mean - 1.96 * sd, mean + 1.96 * sd), abs=0.15)


def test_the_data_speak_about_what_they_depend_on_only(table):
    share = np.full(ROWS, 0.53)
    found = c.describe_posterior(table.posterior(table.summaries.of(share[None])[0]), list("abcdefg"),
                   np.random.default_rng(1))  # fmt: skip
    assert found["speaks"].tolist() == [True] + [False] * 6
    assert found["p_value"].iloc[0] < 0.001 and found["narrowed"].iloc[0] > 0.6
    assert (found["low"] < found["median"]).all() and (found["median"] < found["high"]).all()


def test_where_the_data_know_nothing_they_speak_about_something_in_5_of_100_cases():
    said = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        scores = rng.standard_normal((1500, 8))
        shares = rng.random((1500, 5))
        nothing = c.ReferenceTable(scores, shares, np.full(5, 30.0))
        place = nothing.summaries.of(rng.random((1, 5)))[0]
        said += c.describe_posterior(nothing.posterior(place), list("abcdefgh"), rng)[
            "speaks"
        ].any()
    assert said <= stats.binom.ppf(0.999, 60, 0.07)


def test_intervals_hold_the_truth_as_often_as_they_say(table):
    fresh = linear_table(400, seed=99)
    check = cc.check_fresh(table, fresh.shares, fresh.scores)
    for column in range(7):
        for level in cc.LEVELS:
            held = int((np.abs(check.ranks[:, column] - 0.5) <= level / 2).sum())
            low, high = stats.binom.ppf([0.0005, 0.9995], 400, level)
            assert low <= held <= high, (column, level, held)
        assert stats.kstest(check.ranks[:, column], "uniform").pvalue > 1e-4
    assert cc.coverage(check.ranks, {"all": np.ones(7, bool)})["honest"].all()


def test_intervals_that_are_too_narrow_are_found_out(table):
    fresh = linear_table(400, seed=98)
    ranks = cc.check_fresh(table, fresh.shares, fresh.scores).ranks
    narrow = stats.norm.cdf(1.4 * stats.norm.ppf(np.clip(ranks, 1e-6, 1 - 1e-6)))
    assert not cc.coverage(narrow, {"all": np.ones(7, bool)})["honest"].any()


def test_figures_that_no_site_gives_are_noticed(table):
    def p(share):
        place = table.summaries.of(share[None])[0]
        check = cc.check_near(table, place, 199)
        surprise = table.surprise(share, table.posterior(place))
        return cc.fit_p_value(surprise, check, table.rarity(place))

    assert p(linear_table(1, seed=5).shares[0]) > 0.05
    assert p(0.5 + 0.4 * (-1.0) ** np.arange(ROWS)) <= 0.01  # up and down: the same mean as ever
    assert p(np.full(ROWS, 0.98)) <= 0.01


def test_rarity_is_uniform_for_the_models_own_sites_and_small_beyond_them(table):
    fresh = table.summaries.of(linear_table(300, seed=7).shares)
    found = [table.rarity(place) for place in fresh[:100]]
    assert stats.kstest(found, "uniform").pvalue > 1e-3
    assert table.rarity(table.places.max(axis=0) * 2) < 0.001


def test_intervals_are_widened_where_sites_like_this_one_say_so_and_never_narrowed():
    honest = np.random.default_rng(0).random((4000, 2))
    narrow = stats.norm.cdf(1.5 * stats.norm.ppf(honest[:, 0]))
    wide = stats.norm.cdf(0.5 * stats.norm.ppf(honest[:, 1]))
    found = cc.widening(np.column_stack([narrow, wide]))
    assert found == pytest.approx([1.5, 1.0], abs=0.05)
    assert cc.widening(np.column_stack([narrow, wide])[:20]).tolist() == [1.0, 1.0]
    post = c.Posterior(honest, np.full(4000, 1 / 4000), np.arange(4000), np.ones((4000, 1)))
    assert post.widened(found).sd == pytest.approx(found * post.sd)
    assert post.widened(found).mean == pytest.approx(post.mean)


def test_a_site_is_not_calibrated_with_itself(table):
    place = table.places[3]
    assert 3 in table.posterior(place).chosen
    assert 3 not in table.posterior(place, without=3).chosen


def test_counts_that_are_the_same_everywhere_say_nothing():
    spoke, cases = 0, 60
    for seed in range(cases):
        rng = np.random.default_rng(seed)
        scores = rng.standard_normal((2500, 3))
        same = c.ReferenceTable(scores, np.zeros((2500, 5)), np.full(5, 9.0))
        found = same.posterior(same.summaries.of(np.zeros((1, 5)))[0])
        assert np.isfinite(found.scores).all() and found.sd == pytest.approx(1, abs=0.2)
        assert found.chosen.tolist() == list(range(same.kept))  # all are equally far
        assert same.rarity(same.summaries.of(np.zeros((1, 5)))[0]) == 1
        spoke += c.describe_posterior(found, list("abc"), rng)["speaks"].any()
    assert spoke <= stats.binom.ppf(0.999, cases, c.FAMILY + 0.02)


def test_drawn_rows_follow_the_weights():
    rng = np.random.default_rng(0)
    weights = np.array([0.1, 0.0, 0.6, 0.3])
    post = c.Posterior(np.zeros((4, 1)), weights, np.arange(4), np.ones((4, 1)))
    assert np.bincount(post.drawn(1000, rng), minlength=4) == pytest.approx(1000 * weights, abs=1)


# --- the flow -------------------------------------------------------------------------------------

FEW = {"samples": FEWEST_SAMPLES, "checks": 40}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Return a scenario file and the figures of a site of it that was simulated."""
    folder = tmp_path_factory.mktemp("site")
    scenario = folder / "small.toml"
    scenario.write_text(tomlkit.dumps({"format": 1, **SMALL}), encoding="utf-8")
    weekly = qisim.run(small(), replicates=1, seed=77).weekly
    posts = small().values["site.units"] * small().values["site.staff_per_unit"]
    people = np.rint(posts * (1 - weekly["vacancy"])).astype(int)
    using = np.rint(weekly["use"] * people).astype(int)
    table = pd.DataFrame({"week": weekly["week"], "using": using, "in_post": people})
    data = folder / "site.csv"
    table.iloc[4:24].to_csv(data, index=False)
    return str(scenario), str(data)


@pytest.fixture(scope="module")
def result(site, tmp_path_factory):
    out = tmp_path_factory.mktemp("out") / "a"
    return qisim.calibrate(site[0], site[1], out=out, **FEW), out


def test_what_comes_back(result):
    found, _ = result
    sets = found.posterior.drop(columns="weight")
    assert found.posterior["weight"].sum() == pytest.approx(1)
    uncertain = [p for p in PARAMETERS.values() if p.role == "uncertain"]
    held = {p.key: p for p in uncertain if p.key in sets}
    assert (
        len(held) == len(sets.columns) >= len(uncertain) - 1
    )  # the allocation's cut may not count
    for key, p in held.items():
        assert sets[key].between(p.low, p.high).all()
    assert (found.parameters["low"] <= found.parameters["high"]).all()
    assert found.p_value > 0.01 and "gives figures like these" in found.verdict()
    sentences = list(findings(found))
    assert len(sentences) == 6 and "40 simulated sites" in honesty(found)
    assert any("a count in weeks 25 to 28 would narrow" in one for one in sentences)
    ahead, last = found.ahead, found.data
    assert ahead["week"].tolist() == list(range(int(last.last[-1]), 31))
    assert (ahead.iloc[0, 1:] == last.shares[-1]).all()  # it goes on from the last count
    assert (ahead["p05"] <= ahead["p50"]).all() and (ahead["p50"] <= ahead["p95"]).all()
    said = found.outlook.iloc[-1]
    assert ahead["p50"].iloc[1:].mean() == pytest.approx(said["median"], abs=0.06)
    assert len(found.fit()) == 20 and len(found.ensemble) == 200


def test_the_folder_is_whole_and_its_ensemble_is_taken_by_a_comparison(result, site):
    found, out = result
    assert damaged_files(out) == []
    assert json.loads((out / "manifest.json").read_text())["kind"] == "calibrate"
    pd.testing.assert_frame_equal(pd.read_parquet(out / "posterior.parquet"), found.posterior)
    over = qisim.compare(site[0], site[0], set={}, replicates=4, over=out / "ensemble.csv")
    alone = qisim.run(site[0], replicates=4)
    assert not over.runs["adoption_mean"].head(4).equals(alone.runs["adoption_mean"])


def test_the_folder_of_other_figures_is_not_written_over(result, site, tmp_path):
    other = tmp_path / "other.csv"
    lines = Path(site[1]).read_text(encoding="utf-8").splitlines()
    other.write_text("\n".join(lines[:-1]), encoding="utf-8")
    with pytest.raises(StoreError, match="another study"):
        qisim.calibrate(site[0], other, out=result[1], **FEW)


def test_the_same_seed_gives_the_same_and_workers_change_nothing(site):
    one, two = (
        qisim.calibrate(site[0], site[1], seed=0, workers=workers, **FEW) for workers in (1, 2)
    )
    pd.testing.assert_frame_equal(one.posterior, two.posterior, check_exact=True)
    pd.testing.assert_frame_equal(one.parameters, two.parameters, check_exact=True)
    assert one.p_value == two.p_value
    other = qisim.calibrate(site[0], site[1], seed=1, **FEW)
    assert not one.posterior.equals(other.posterior)


def test_what_varies_can_be_said(site):
    found = qisim.calibrate(
        *site, vary=["workforce.staff_turnover"], fix=["use.habit_days", "factors.workload"], **FEW
    )
    assert "workforce.staff_turnover" in found.posterior
    assert not {"use.habit_days", "factors.workload"} & set(found.posterior)


def test_figures_that_the_model_cannot_give_are_called_so(site, tmp_path):
    data = tmp_path / "odd.csv"
    rows = [f"{week},{30 * (week % 2)},30" for week in range(1, 31)]
    data.write_text("\n".join(["week,using,in_post", *rows]), encoding="utf-8")
    found = qisim.calibrate(site[0], data, samples=FEWEST_SAMPLES, checks=220)
    assert "None of the 2,000 parameter sets drawn from within the ranges" in found.verdict()
    assert not found.possible and len(list(findings(found))) == 3  # nothing is said of parameters
    assert "do not read this" in found.plot("posterior").alt
    assert "rows lie outside" in found.verdict()
    assert set(found.tables()) == {"fit.csv", "coverage.csv"}  # a file cannot say: do not read this
    assert set(found.drawn()) >= {"report.html", "figures/fit.svg"}
    assert not any(name.startswith("figures/posterior") for name in found.drawn())
    told = found.to_dict()
    assert told["parameters"] == told["outlook"] == told["outlook_by_week"] == []
    assert "do not read the posterior" in found._repr_html_()


def test_a_ward_file_is_placed_under_a_scenario_by_name_and_not_under_one_that_is_read(tmp_path):
    ward, data = tmp_path / "ward.toml", tmp_path / "counts.csv"
    ward.write_text("[site]\nunits = 1\nstaff_per_unit = 12\n", encoding="utf-8")
    data.write_text("week,using,in_post\n4,1,12\n8,2,12\n12,2,12\n16,3,12\n", encoding="utf-8")
    found = qisim.calibrate("external", data, site=ward, samples=FEWEST_SAMPLES, checks=0)
    assert found.scenario["site"]["staff_per_unit"] == 12
    with pytest.raises(InputError, match="no ward file can be placed"):
        qisim.calibrate(qisim.load("external"), data, site=ward)


def test_everything_wrong_is_told_at_once(site, tmp_path):
    data = tmp_path / "wrong.csv"
    data.write_text("week,using,in_post\n1,9,3\n99,1,3\n", encoding="utf-8")
    with pytest.raises(InputError) as error:
        qisim.calibrate(
            site[0], data, vary=["workforce.staff_turnovr", "site.units", "allocation"],
            fix=["nothing"], samples=10, checks=-1, seed=-1, workers=0,
        )  # fmt: skip
    text = str(error.value)
    for part in ("samples", "checks", "seed", "workers", "wrong.csv:2: using", "wrong.csv:3: week",
                 "'workforce.staff_turnover'", "'nothing'"):  # fmt: skip
        assert part in text, part


@pytest.mark.parametrize("word", ["site.units", "allocation"])
def test_what_cannot_be_calibrated_is_text(site, word):
    with pytest.raises(InputError, match=r"cannot be calibrated|no scenario says"):
        qisim.calibrate(*site, vary=[word], **FEW)


def test_an_interruption_keeps_what_is_enough(site):
    def stop_at(runs):
        def stop(done, total):
            if done >= runs:
                raise KeyboardInterrupt

        return stop

    with pytest.raises(Interrupted) as stopped:
        qisim.calibrate(*site, progress=stop_at(300), samples=3000, checks=0)
    assert stopped.value.result is None
    calls = iter(range(10**6))

    def once(done, total):
        if done >= 2300 and next(calls) == 0:
            raise KeyboardInterrupt

    with pytest.raises(Interrupted) as stopped:
        qisim.calibrate(*site, progress=once, samples=4000, checks=0)
    found = stopped.value.result
    assert 2300 <= len(found.prior.use) < 4000 and found.manifest["interrupted"]
    assert "not checked" in honesty(found)


def test_runs_that_fail_are_left_out_and_named(site, monkeypatch):
    real = executor.simulate

    def sometimes(batch, engine, workers=1):
        weekly, adopters = real(batch, engine, workers)
        weekly[:, :, batch.replicates == 7] = np.nan
        return weekly, adopters

    monkeypatch.setattr(executor, "simulate", sometimes)
    found = qisim.calibrate(*site, samples=FEWEST_SAMPLES + 1, checks=0)
    assert [one["replicate"] for one in found.manifest["failures"]] == [7]
    assert len(found.prior.use) == FEWEST_SAMPLES


# --- the command ----------------------------------------------------------------------------------


def test_the_command_says_what_it_found(site, capsys, tmp_path):
    words = ["calibrate", site[0], "--data", site[1], "--samples", "2000", "--checks", "20"]
    assert exit_code([*words, "--out", str(tmp_path / "o")]) == 0
    out, err = capsys.readouterr()
    assert "The model gives figures like these" in out and "--over" in err
    assert exit_code([*words, "--json", "--quiet"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["manifest"]["kind"] == "calibrate" and err == ""


def test_the_command_lists_every_problem_and_ends_with_2(site, capsys, tmp_path):
    data = tmp_path / "wrong.csv"
    data.write_text("week,using,in_post\n1,x,3\n2,-1,3\n", encoding="utf-8")
    assert exit_code(["calibrate", site[0], "--data", str(data)]) == 2
    out, err = capsys.readouterr()
    assert out == "" and "2 problems" in err and f"{data}:2: using" in err


def test_ctrl_c_ends_with_130(site, capsys, monkeypatch):
    def stopped(batch, engine, workers=1):
        raise KeyboardInterrupt

    monkeypatch.setattr(executor, "simulate", stopped)
    assert exit_code(["calibrate", site[0], "--data", site[1]]) == 130
    out, err = capsys.readouterr()
    assert out == "" and err.startswith("interrupted before")


# --- simulation-based calibration of the model itself ------------------------------------------------


def assert_honest(check, error=4.0):
    is_parameter = np.arange(check.ranks.shape[1]) < check.ranks.shape[1] - 2
    found = cc.coverage(check.ranks, {"parameters": is_parameter, "outlook": ~is_parameter})
    off = np.abs(found["held"] - found["level"]) / found["error"]
    assert (off <= error).all(), found
    sites = len(check.ranks)
    limits = stats.binom.ppf([0.00005, 0.99995], sites, 0.8)
    held = (np.abs(check.ranks - 0.5) <= 0.4).sum(axis=0)
    assert (held >= limits[0]).all() and (held <= limits[1]).all()


def test_intervals_of_the_model_are_honest(site):
    assert_honest(check_prior(*site, samples=3000, sites=200, seed=3)[1])


@pytest.mark.slow
@pytest.mark.parametrize("name", ["external", "internal"])
def test_intervals_of_the_studys_programmes_are_honest(name):
    assert_honest(check_prior(name, DATA / "synthetic-weekly.csv", seed=3)[1])
