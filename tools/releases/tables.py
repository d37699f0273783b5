"""The tables of a database as code that runs on them knows them: what may be said to them."""

from typing import Any

import psycopg
from psycopg.rows import dict_row

Tables = dict[str, dict[str, Any]]

_COLUMNS = """
    SELECT c.relname AS of_table, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type,
           a.attnotnull AS required,
           a.atthasdef OR a.attidentity <> '' AS filled
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
      AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY 1, a.attnum
"""
_CONSTRAINTS = """
    SELECT c.relname AS of_table, pg_get_constraintdef(n.oid) AS says
    FROM pg_constraint n JOIN pg_class c ON c.oid = n.conrelid
    WHERE c.relnamespace = 'public'::regnamespace AND NOT c.relispartition
      AND n.contype IN ('c', 'f', 'p', 'u', 'x')
    ORDER BY 1, 2
"""
# What a unique index holds rows to, or what ON CONFLICT may name. The name of an index may change.
_UNIQUE = """
    SELECT c.relname AS of_table,
           regexp_replace(pg_get_indexdef(i.indexrelid), '^.* USING ', '') AS says
    FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
    WHERE c.relnamespace = 'public'::regnamespace AND NOT c.relispartition AND i.indisunique
    ORDER BY 1, 2
"""
_GRANTS = """
    SELECT c.relname AS of_table, acl.privilege_type AS may
    FROM pg_class c, aclexplode(c.relacl) AS acl
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
      AND NOT c.relispartition AND acl.grantee::regrole::text = %s
    ORDER BY 1, 2
"""


def tables_of(url: str, role: str) -> Tables:
    """Return, by the table's name: columns, constraints, unique indexes, and what the role may.

    A sequence is there for what the role may do with it.
    """
    tables: Tables = {}
    with psycopg.connect(url, row_factory=dict_row) as connection:
        for row in connection.execute(_COLUMNS):
            columns = tables.setdefault(row.pop("of_table"), {}).setdefault("columns", {})
            columns[row.pop("name")] = row
        for kind, query in (("constraints", _CONSTRAINTS), ("unique", _UNIQUE)):
            for row in connection.execute(query):
                tables[row["of_table"]].setdefault(kind, []).append(row["says"])
        for row in connection.execute(_GRANTS, (role,)):
            tables.setdefault(row["of_table"], {}).setdefault("may", []).append(row["may"])
    return tables


def narrowings(old: Tables, new: Tables) -> list[str]:
    """Return what code that was written for the old tables may stumble over in the new ones."""
    found = []
    for name, table in old.items():
        if name not in new:
            found.append(f"{name} is gone")
        else:
            found += [f"{name}{what}" for what in _narrowed(table, new[name])]
    return found


def _narrowed(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    old_columns, new_columns = old.get("columns", {}), new.get("columns", {})
    found = [
        f".{name} is gone" if name not in new_columns else f".{name} {what}"
        for name, column in old_columns.items()
        for what in _changed(column, new_columns.get(name))
    ]
    found += [
        f".{name} is required of INSERTs that don't know it"
        for name, column in new_columns.items()
        if name not in old_columns and column["required"] and not column["filled"]
    ]
    for kind in ("constraints", "unique"):
        known = set(old.get(kind, ()))
        found += [f" is held to {says}" for says in new.get(kind, ()) if says not in known]
    # ON CONFLICT names what must be unique.
    still = set(new.get("unique", ()))
    found += [f" has no more {says}" for says in old.get("unique", ()) if says not in still]
    may = set(new.get("may", ()))
    return [*found, *(f" may no more {what}" for what in old.get("may", ()) if what not in may)]


def _changed(old: dict[str, Any], new: dict[str, Any] | None) -> list[str]:
    if new is None:
        return [""]
    found = []
    if new["type"] != old["type"]:
        found.append(f"was {old['type']}, is {new['type']}")
    if new["required"] and not old["required"]:
        found.append("has become required")
    if old["required"] and not new["required"]:
        found.append("may be NULL now, which old code doesn't expect")
    if old["filled"] and not new["filled"]:
        found.append("has lost its default")
    return found
