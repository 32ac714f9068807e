"""Patterns of ``=like`` that PostgreSQL refuses only when a row begins as they do.

A lone backslash at the end of a pattern is an error, but one that is raised no sooner than a row
has matched all that comes before it. Record rules are conditions of the same query, looked at in
any order: whoever searches for ``Dism%\\`` would learn by the error that a record he may not see
begins so. Its place is here, where the ORM looks at every condition of every search once: also of
paths, of ``any``, of what search methods return and of stock models that hold rows about tickets.
"""

from odoo.orm.domains import DomainCondition, operator_optimization

# what the SQL function unaccent() makes a backslash of, only after Odoo has built the pattern
ALSO_BACKSLASHES = "\N{SET MINUS}\N{REVERSE SOLIDUS OPERATOR}\N{BIG REVERSE SOLIDUS}"
ALSO_BACKSLASHES += "\N{SMALL REVERSE SOLIDUS}\N{FULLWIDTH REVERSE SOLIDUS}"


def without_lone_escape(pattern, unaccented=False):
    """The pattern without a last backslash that escapes nothing.

    In Python (``filtered_domain``) Odoo passes over it in the same way.

    :param str pattern: what ``=like`` is given
    :param bool unaccented: whether PostgreSQL takes accents off the pattern
    """
    escapes = "\\" + ALSO_BACKSLASHES if unaccented else "\\"
    count = len(pattern) - len(pattern.rstrip(escapes))
    return pattern[:-1] if count % 2 else pattern


# `like` and `ilike` end with the wildcard that Odoo adds
@operator_optimization(["=like", "=ilike", "not =like", "not =ilike"])
def _optimize_lone_escape(condition, model):
    value = condition.value
    # registered for the process, which may serve databases without the desk
    if not isinstance(value, str) or "servicedesk.ticket" not in model.env:
        return condition
    unaccented = condition.operator.endswith("ilike") and model.env.registry.has_unaccent
    pattern = without_lone_escape(value, unaccented)
    if pattern == value:
        return condition
    return DomainCondition(condition.field_expr, condition.operator, pattern)
