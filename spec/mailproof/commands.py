"""The commands that need nothing but the contracts: `mailproof contract` and `mailproof clauses`."""

from __future__ import annotations

import json

import click
import yaml

from mailproof.load import contract as load_contract
from mailproof.load import providers


@click.command()
@click.argument("provider")
@click.option(
    "--format",
    "form",
    type=click.Choice(["yaml", "json"]),
    default="yaml",
    show_default=True,
    help="Form of the output.",
)
@click.option("--server", metavar="URL", help="Write URL as the contract's only server.")
@click.option("--vintage", help="The contract as it was, such as 2024; without it, its newest vintage.")
def contract(provider: str, form: str, server: str | None, vintage: str | None) -> None:
    """Print the contract of PROVIDER as one OpenAPI document.

    PROVIDER is a shipped provider or the path of an OpenAPI file; the parts of a contract in several files
    come out as one document that any OpenAPI tool reads.
    """
    document = dict(load_contract(provider, vintage).document)
    if server is not None:
        document["servers"] = [{"url": server}]
    if form == "json":
        click.echo(json.dumps(document, indent=2, ensure_ascii=False))
    else:
        click.echo(yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=100), nl=False)


@click.command()
@click.argument("provider", required=False)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Form of the output.",
)
@click.option("--vintage", help="The clauses of an older contract of PROVIDER, such as 2024.")
def clauses(provider: str | None, form: str, vintage: str | None) -> None:
    """Print the clauses of PROVIDER, or of every provider: the promises that a schema cannot say."""
    if vintage is not None and provider is None:
        raise click.UsageError("--vintage needs a PROVIDER, whose vintage it is")
    names = [provider] if provider else list(providers())
    found = [(name, clause) for name in names for clause in load_contract(name, vintage).clauses.values()]
    if form == "json":
        rows = [
            {
                "provider": name,
                "id": clause.id,
                "sentence": clause.sentence,
                "level": clause.level,
                "source": clause.source,
                "operations": list(clause.operations),
                "vintage": clause.vintage,
            }
            for name, clause in found
        ]
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    for _, clause in found:
        since = f", from {clause.vintage}" if clause.vintage is not None else ""
        click.echo(f"{clause.id}  [{clause.level}, {clause.source}{since}]\n    {clause.sentence}")
