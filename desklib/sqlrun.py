"""Run by Odoo's interpreter: one SQL statement from stdin (JSON), its rows as JSON."""

import json
import sys

import psycopg2


def main():
    statement, params = json.load(sys.stdin)
    connection = psycopg2.connect(dbname=sys.argv[1])
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(statement, params or None)
        rows = cursor.fetchall() if cursor.description else []
    json.dump(rows, sys.stdout, default=str)


if __name__ == "__main__":
    main()
