"""Fields by the way in which they are resolved: a constant, an attribute, a method of each parent, a whole column."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from operator import attrgetter
from types import CoroutineType
from typing import Any

from strawberry.types.field import StrawberryField

from graph.compiled.arguments import Arguments
from graph.compiled.completion import Column, Completer, Pending
from graph.compiled.failure import Failure
from graph.compiled.info import RawInfo, full_info
from graph.compiled.run import Run
from graph.compiled.selection import Field
from graph.compiled.site import Site


class TypenameField(Field):
    """`__typename`: known when the plan is made."""

    __slots__ = ("name",)
    kind = "typename"

    def __init__(self, key: str, name: str) -> None:
        super().__init__(key, None)
        self.name = name

    def is_final(self) -> bool:
        """Say so: it is known."""
        return True

    def start(self, parents: Sequence[Any], run: Run) -> Column | Pending:
        """Repeat the name."""
        del run
        return [self.name] * len(parents)


class ResolvedField(Field):
    """A field whose values come from the parents."""

    __slots__ = ("_complete", "site")

    def __init__(self, site: Site, completer: Completer) -> None:
        super().__init__(site.key, completer)
        self.site = site
        self._complete = completer.complete


class AttributeField(ResolvedField):
    """An attribute of the parent, which has no resolver."""

    __slots__ = ("_read", "attribute")
    kind = "attribute"

    def __init__(self, site: Site, completer: Completer, attribute: str) -> None:
        super().__init__(site, completer)
        self.attribute = attribute
        self._read = attrgetter(attribute)

    def is_final(self) -> bool:
        """Tell it of what the attribute holds."""
        return self.completer is not None and self.completer.final

    def start(self, parents: Sequence[Any], run: Run) -> Column | Pending:
        """Read all parents."""
        try:
            values = list(map(self._read, parents))
        except Exception:  # noqa: BLE001 - read again, each parent for itself
            values = _each(self._read, parents, run)
        if len(values) != len(parents):
            values = _each(self._read, parents, run)  # a property raised StopIteration, which ended the map
        return self._complete(values, run)


class MethodField(ResolvedField):
    """A Strawberry resolver, called for every parent with arguments that are coerced once."""

    __slots__ = (
        "_arguments",
        "_field",
        "_function",
        "_info",
        "_parameters",
        "_takes_parent",
        "completer",
        "key",
        "site",
    )
    kind = "method"

    def __init__(self, site: Site, completer: Completer, field: StrawberryField, arguments: Arguments) -> None:
        resolver = field.base_resolver
        if resolver is None:
            raise TypeError("a field without a resolver is an attribute")
        super().__init__(site, completer)
        self._field = field
        self._arguments = arguments
        self._function: Callable[..., Any] = resolver.wrapped_func  # type: ignore[assignment]  # bound by now
        self._takes_parent = resolver.self_parameter is not None
        self._parameters = [one.name for one in (resolver.parent_parameter, resolver.root_parameter) if one]
        self._info = resolver.info_parameter.name if resolver.info_parameter else None

    def start(self, parents: Sequence[Any], run: Run) -> Column | Pending:
        """Call the resolver for every parent."""
        try:
            info = self._arguments.info(RawInfo(self.site, run)) if self._info or self._arguments.needs_info else None
            given = self._arguments.read(run.variables, info)
        except Exception as error:  # noqa: BLE001 - becomes the error of each parent's field
            return self._complete([run.fail(error) for _ in parents], run)
        if self._info is not None:
            given = {**given, self._info: info}
        return self._complete(_each(self._bound(given), parents, run), run)

    def _bound(self, given: dict[str, Any]) -> Callable[[Any], Any]:
        function: Callable[..., Any] = partial(self._function, **given) if given else self._function
        if not self._parameters:
            return function if self._takes_parent else lambda _parent: function()
        first = self._takes_parent
        return lambda parent: function(*([parent] if first else []), **dict.fromkeys(self._parameters, parent))


class GenericField(ResolvedField):
    """Any other resolver, called as graphql-core would: other libraries', permissions, field extensions."""

    __slots__ = ("_arguments", "_resolve", "_strawberrys")
    kind = "generic"

    def __init__(
        self, site: Site, completer: Completer, resolve: Callable[..., Any], arguments: Arguments, *, strawberrys: bool
    ) -> None:
        super().__init__(site, completer)
        self._resolve = resolve
        self._arguments = arguments
        self._strawberrys = strawberrys

    def start(self, parents: Sequence[Any], run: Run) -> Column | Pending:
        """Call the resolver for every parent."""
        info = RawInfo(self.site, run) if self._strawberrys else full_info(self.site, run)
        try:
            given = self._arguments.coerce(run.variables)
        except Exception as error:  # noqa: BLE001 - becomes the error of each parent's field
            return self._complete([run.fail(error) for _ in parents], run)
        resolve = self._resolve
        return self._complete(_each(lambda parent: resolve(parent, info, **given), parents, run), run)


class DefaultField(ResolvedField):
    """A member of the parent by graphql-core's own default: by key or attribute, called if it is a function."""

    __slots__ = ("_arguments",)
    kind = "generic"

    def __init__(self, site: Site, completer: Completer, arguments: Arguments) -> None:
        super().__init__(site, completer)
        self._arguments = arguments

    def start(self, parents: Sequence[Any], run: Run) -> Column | Pending:
        """Read all parents."""
        try:
            given = self._arguments.coerce(run.variables)
        except Exception as error:  # noqa: BLE001 - becomes the error of each parent's field
            return self._complete([run.fail(error) for _ in parents], run)
        name = self.site.name

        def read(parent: Any) -> Any:
            value = parent.get(name) if isinstance(parent, Mapping) else getattr(parent, name, None)
            return value(full_info(self.site, run), **given) if callable(value) else value

        return self._complete(_each(read, parents, run), run)


class BatchField(ResolvedField):
    """A function over all parents at once."""

    __slots__ = ("_arguments", "_function", "_waits_alone")
    kind = "batch"

    def is_stepwise(self) -> bool:
        """Batches are called once."""
        return False

    def __init__(self, site: Site, completer: Completer, function: Callable[..., Any], arguments: Arguments) -> None:
        super().__init__(site, completer)
        self._function = function
        self._arguments = arguments
        self._waits_alone = completer.final and not completer.required

    def start(self, parents: Sequence[Any], run: Run) -> Column | Pending:
        """Call the function; what it returns or raises is shared out by item."""
        try:
            info = self._arguments.info(RawInfo(self.site, run))
            result = self._function(list(parents), info, **self._arguments.read(run.variables, info))
        except Exception as error:  # noqa: BLE001 - becomes the error of each parent's field
            result = run.fail(error)
        if type(result) is not list and run.facts.is_awaitable(result):
            run.opened.append([result])
            if self._waits_alone and hasattr(result, "done"):
                run.under_way += 1
            later = self._later(result, len(parents), run)
            run.held.append(later)
            return later
        return self._share(result, len(parents), run)

    async def _later(self, awaitable: Any, count: int, run: Run) -> Column:
        try:
            result = await run.wait(awaitable)
        except Exception as error:  # noqa: BLE001 - becomes the error of each parent's field
            result = run.fail(error)
        shared = self._share(result, count, run)
        return await shared if type(shared) is CoroutineType else shared  # type: ignore[return-value]  # not awaited

    def _share(self, result: Any, count: int, run: Run) -> Column | Pending:
        if (type(result) is list or isinstance(result, list | tuple)) and len(result) == count:
            return self._complete(result, run)
        if type(result) is not Failure:
            result = run.fail(result if isinstance(result, Exception) else _misfit(self.site, result, count))
        return self._complete([result] * count, run)


def _misfit(site: Site, result: Any, count: int) -> TypeError:
    what = f"{len(result)} items" if isinstance(result, list | tuple) else type(result).__name__
    return TypeError(f"The batch of {site.parent_type}.{site.name} gave {what} for {count} parents, not a list as long")


def _each(function: Callable[[Any], Any], parents: Sequence[Any], run: Run) -> list[Any]:
    values: list[Any] = []
    append = values.append
    for parent in parents:
        try:
            append(function(parent))
        except Exception as error:  # noqa: BLE001 - becomes the field's error, of this parent alone
            append(run.fail(error))
    return values
