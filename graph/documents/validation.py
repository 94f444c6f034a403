"""A document against the schema: the specification's rules, in bounded time and with bounded answers."""

from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    OverlappingFieldsCanBeMergedRule,
    SelectionSetNode,
    specified_rules,
    validate,
)
from graphql.validation import ValidationContext
from graphql.validation.validate import ValidationAbortedError

from graph.documents.limits import INTROSPECTION_FIELDS
from graph.documents.refusal import MOST_ERRORS, coded, refuse, refuse_all
from ops.errors import IntrospectionDisabled, ValidationFailed

# The rule that fields of one name can be merged compares them pairwise. graphql-core meters that work: a unit takes
# about a microsecond, and its own budget is 500,000. Thirty fragments that meet in one selection and all ask for the
# same nested fields spend about 8,000.
_COMPARISONS = 10_000


class _BoundedOverlap(OverlappingFieldsCanBeMergedRule):
    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        self.rule_context.remaining_complexity_budget = _COMPARISONS

    def enter_selection_set(self, selection_set: SelectionSetNode, *args: Any) -> None:
        try:
            super().enter_selection_set(selection_set, *args)
        except ValidationAbortedError as error:
            raise ValidationAbortedError(
                "Fields of one name repeat too often, or too many fragments meet, to check that they can be merged. "
                "Select each field once, or send smaller documents.",
                selection_set,
            ) from error


_RULES = tuple(_BoundedOverlap if rule is OverlappingFieldsCanBeMergedRule else rule for rule in specified_rules)


def check_against_schema(schema: GraphQLSchema, document: DocumentNode, *, suggestions: bool) -> None:
    """Raise Refusal (VALIDATION_FAILED) with the first 20 errors."""
    errors = validate(schema, document, _RULES, max_errors=MOST_ERRORS, hide_suggestions=not suggestions)
    if errors:
        raise refuse_all([coded(error, ValidationFailed(error.message)) for error in errors], ValidationFailed.status)


def check_introspection(document: DocumentNode) -> None:
    """Raise Refusal (INTROSPECTION_DISABLED) at the first `__schema` or `__type`; `__typename` is always allowed."""
    pending: list[SelectionSetNode] = [
        definition.selection_set
        for definition in document.definitions
        if isinstance(definition, OperationDefinitionNode | FragmentDefinitionNode)
    ]
    while pending:
        for node in pending.pop().selections:
            if isinstance(node, FieldNode) and node.name.value in INTROSPECTION_FIELDS:
                raise refuse(IntrospectionDisabled(f"Introspection is off here; '{node.name.value}' is refused"), node)
            if isinstance(node, FieldNode | InlineFragmentNode) and node.selection_set:
                pending.append(node.selection_set)
