"""Fields by the way in which they are resolved: a constant, an attribute, a resolver called for each parent."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from operator import attrgetter
from typing import Any

from strawberry.types.field import StrawberryField

from graph.compiled.arguments import Arguments
from graph.compiled.completion import Column, Completer, Pending
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


class CalledField(ResolvedField):
    """A field whose resolver is called for each parent. Subclasses define `values`."""

    __slots__ = ()

    def start(self, parents: Sequence[Any], run: Run) -> Column | Pending:
        """Call the resolver for every parent; what is to be awaited of that, completers await."""
        timing = run.timing
        if timing is None:
            return self._complete(self.values(parents, run), run)
        timing.begin(self.site.column, len(parents))
        values = self.values(parents, run)
        timing.end(self.site.column)
        return self._complete(values, run)

    def values(self, parents: Sequence[Any], run: Run) -> list[Any]:
        """Return what the resolver gives for each parent."""
        raise NotImplementedError


class MethodField(CalledField):
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

    def values(self, parents: Sequence[Any], run: Run) -> list[Any]:
        """Call the resolver for every parent."""
        try:
            info = self._arguments.info(RawInfo(self.site, run)) if self._info or self._arguments.needs_info else None
            given = self._arguments.read(run.variables, info)
        except Exception as error:  # noqa: BLE001 - becomes the error of each parent's field
            return [run.fail(error) for _ in parents]
        if self._info is not None:
            given = {**given, self._info: info}
        return _each(self._bound(given), parents, run)

    def _bound(self, given: dict[str, Any]) -> Callable[[Any], Any]:
        function: Callable[..., Any] = partial(self._function, **given) if given else self._function
        if not self._parameters:
            return function if self._takes_parent else lambda _parent: function()
        first = self._takes_parent
        return lambda parent: function(*([parent] if first else []), **dict.fromkeys(self._parameters, parent))


class GenericField(CalledField):
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

    def values(self, parents: Sequence[Any], run: Run) -> list[Any]:
        """Call the resolver for every parent."""
        info = RawInfo(self.site, run) if self._strawberrys else full_info(self.site, run)
        try:
            given = self._arguments.coerce(run.variables)
        except Exception as error:  # noqa: BLE001 - becomes the error of each parent's field
            return [run.fail(error) for _ in parents]
        resolve = self._resolve
        return _each(lambda parent: resolve(parent, info, **given), parents, run)


class DefaultField(CalledField):
    """A member of the parent by graphql-core's own default: by key or attribute, called if it is a function."""

    __slots__ = ("_arguments",)
    kind = "generic"

    def __init__(self, site: Site, completer: Completer, arguments: Arguments) -> None:
        super().__init__(site, completer)
        self._arguments = arguments

    def values(self, parents: Sequence[Any], run: Run) -> list[Any]:
        """Read all parents."""
        try:
            given = self._arguments.coerce(run.variables)
        except Exception as error:  # noqa: BLE001 - becomes the error of each parent's field
            return [run.fail(error) for _ in parents]
        name = self.site.name

        def read(parent: Any) -> Any:
            value = parent.get(name) if isinstance(parent, Mapping) else getattr(parent, name, None)
            return value(full_info(self.site, run), **given) if callable(value) else value

        return _each(read, parents, run)


def _each(function: Callable[[Any], Any], parents: Sequence[Any], run: Run) -> list[Any]:
    values: list[Any] = []
    append = values.append
    for parent in parents:
        try:
            append(function(parent))
        except Exception as error:  # noqa: BLE001 - becomes the field's error, of this parent alone
            append(run.fail(error))
    return values
