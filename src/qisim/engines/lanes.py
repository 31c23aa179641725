"""From the steps of a week, written for one person, to steps for many runs side by side.

A step of `qisim.model.week_person` and its like works on records: ``p.strain = ...``. Here its
source is *lifted*: every field of a record gets the index of a *lane*, ``p.strain[i] = ...``, and
the body is put in a loop over the lanes, so that one instruction of a processor works on several
runs. What is not a record (an activity's hours) is read once, before the loop, because a compiler
cannot know that nothing written in the loop changes it. A step that other steps call has no loop of
its own and takes the lane from its caller.

Nothing else changes: the same rules are called in the same order on the same numbers, so a lifted
step gives the same result as the step, to the last bit. Code and line numbers are those of the
model's files.
"""

from __future__ import annotations

import ast
import copy
import inspect
from collections.abc import Callable, Collection, Iterator
from types import ModuleType
from typing import Any

RECORDS = ("p", "d", "k", "unit", "team", "site", "now")
"""Arguments of steps that are records, one number in each lane; all others are the same in all lanes."""

LANE = "i"


def lifted(
    width: int,
    steps: Collection[ModuleType],
    order: ModuleType,
    loop: Callable[[Callable], Callable],
    inner: Callable[[Callable], Callable],
    outer: Callable[[Callable], Callable],
    **own: Callable,
) -> dict[str, Any]:
    """Return the steps of a week for many lanes, and the functions that call them in their order.

    Parameters
    ----------
    width : int
        Lanes.
    steps : collection of module
        Modules of steps.
    order : module
        The module whose functions only call steps; they are taken as they stand.
    loop, inner, outer : callable
        What compiles a step, a step that other steps call, and a function of `order`.
    **own : callable
        Replacements for functions that look at all lanes at once.

    Returns
    -------
    dict of str to callable
        By their names in the model.
    """
    space: dict[str, Any] = {"__name__": __name__, "LANES": width}
    for module in (*steps, order):
        space |= {name: value for name, value in vars(module).items() if not name.startswith("__")}
    space |= own
    found: dict[str, Any] = {}
    for module in steps:
        functions = list(functions_of(module))
        called = called_by_others(functions)
        for function in functions:
            is_inner = function.name in called
            tree = for_one_lane(function, called) if is_inner else for_all_lanes(function, called)
            found[function.name] = (inner if is_inner else loop)(made(tree, module, space))
            space[function.name] = found[function.name]
    for function in functions_of(order):
        found[function.name] = outer(made(function, order, space))
        space[function.name] = found[function.name]
    return found


def functions_of(module: ModuleType) -> Iterator[ast.FunctionDef]:
    """Yield the functions of a module in order, as syntax trees."""
    for node in ast.parse(inspect.getsource(module)).body:
        if isinstance(node, ast.FunctionDef):
            yield node


def called_by_others(functions: Collection[ast.FunctionDef]) -> set[str]:
    """Return the names of steps that other steps call."""
    names = {function.name for function in functions}
    calls = (node for function in functions for node in ast.walk(function))
    return {
        node.func.id
        for node in calls
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names
    }


def made(function: ast.FunctionDef, module: ModuleType, space: dict[str, Any]) -> Callable:
    """Compile a function from its syntax tree; the names that it calls are looked up in `space`."""
    tree = ast.fix_missing_locations(ast.Module([function], []))
    exec(compile(tree, str(module.__file__), "exec"), space)
    result: Callable = space[function.name]
    return result


def for_all_lanes(step: ast.FunctionDef, called: Collection[str] = ()) -> ast.FunctionDef:
    """Return a step with its body in a loop over lanes."""
    step = copy.deepcopy(step)
    lifting = _Lift({argument.arg for argument in step.args.args}, called)
    documentation, body = step.body[:1], [lifting.visit(node) for node in step.body[1:]]
    first = body[0]
    reads = [
        ast.copy_location(ast.Assign([ast.Name(name, ast.Store())], value), first)
        for name, value in lifting.read_first.items()
    ]
    lanes = ast.parse("range(LANES)", mode="eval").body
    loop = ast.For(ast.Name(LANE, ast.Store()), lanes, body, [], None)
    step.body = [*documentation, *reads, ast.copy_location(loop, first)]
    return step


def for_one_lane(step: ast.FunctionDef, called: Collection[str]) -> ast.FunctionDef:
    """Return a step that takes its lane from the step that calls it."""
    step = copy.deepcopy(step)
    arguments = {argument.arg for argument in step.args.args}
    step.args.args.append(ast.arg(LANE))
    lifting = _Lift(arguments, called)
    step.body = [*step.body[:1], *(lifting.visit(node) for node in step.body[1:])]
    if lifting.read_first:
        raise TypeError(f"{step.name}: only records may have fields in a step that others call")
    return step


class _Lift(ast.NodeTransformer):
    """record.x -> record.x[i]; record.x[j] -> record.x[j, i]; step(...) -> step(..., i)."""

    def __init__(self, arguments: Collection[str], called: Collection[str]) -> None:
        self.arguments, self.called = arguments, called
        self.read_first: dict[str, ast.expr] = {}

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        if isinstance(node.value, ast.Attribute) and _is_record(node.value.value):
            index = ast.Tuple([self.visit(node.slice), ast.Name(LANE, ast.Load())], ast.Load())
            return ast.copy_location(ast.Subscript(node.value, index, node.ctx), node)
        return self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        if _is_record(node.value):
            lane = ast.Name(LANE, ast.Load())
            return ast.copy_location(
                ast.Subscript(ast.Attribute(node.value, node.attr, ast.Load()), lane, node.ctx),
                node,
            )
        if isinstance(node.value, ast.Name) and node.value.id in self.arguments:
            local = f"{node.value.id}_{node.attr}"
            self.read_first[local] = node
            return ast.copy_location(ast.Name(local, ast.Load()), node)
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id in self.called:
            node.args.append(ast.Name(LANE, ast.Load()))
        return node


def _is_record(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in RECORDS
