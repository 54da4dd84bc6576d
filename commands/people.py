"""Who may sign in: accounts, their roles and passwords, and tokens for programs."""

from __future__ import annotations

from datetime import datetime

import click

from store.people.roles import ROLES

from .terminal import by_option

_role_option = click.option(
    "--role", "roles", multiple=True, required=True, type=click.Choice(list(ROLES)), help="A role; may be given several times."
)
_unit_option = click.option("--unit", metavar="CODE", help="The unit that a liaison speaks for.")
_generate_option = click.option("--generate", is_flag=True, help="Make up a first password and print it, this once.")


@click.group()
def user() -> None:
    """Accounts: who may sign in, and as what."""


@user.command("add")
@click.argument("name")
@click.option("--title", required=True, help="The person's name, as pages show it.")
@_role_option
@_unit_option
@_generate_option
@click.option("--elsewhere", is_flag=True, help="Without a password: signs in by the house's identity provider.")
@by_option
def add(name: str, title: str, roles: tuple[str, ...], unit: str | None, generate: bool, elsewhere: bool, by: str) -> None:
    """Make an account; its first password must be changed at the first sign-in."""
    from store.people import accounts

    first = None if elsewhere else _password(generate)
    name = accounts.add(name, title, roles, by, unit, first)
    click.echo(f"已建立账号 {name}（{_titles(roles)}）")
    _show(first, generate)


@user.command("list")
def list_() -> None:
    """List all accounts."""
    from store import connection
    from store.people import accounts

    with connection.reader() as db:
        table = accounts.accounts(db)
    if table.empty:
        click.echo("还没有账号：只有这台机器能打开，谁坐在这里谁有全部权限")
    for one in table.itertuples():
        click.echo(f"{one.name:<20} {one.title}  {_titles(one.roles)}{f'  {one.unit}' if one.unit else ''}{_state(one)}")


@user.command("roles")
@click.argument("name")
@_role_option
@_unit_option
@by_option
def roles_(name: str, roles: tuple[str, ...], unit: str | None, by: str) -> None:
    """Give an account these roles instead of those that it has."""
    from store.people import accounts

    accounts.set_roles(name, roles, by, unit)
    click.echo(f"账号 {name} 现在是：{_titles(roles)}")


@user.command("unit")
@click.argument("name")
@click.argument("code")
@by_option
def unit_(name: str, code: str, by: str) -> None:
    """Let a liaison speak for the unit CODE."""
    from store.people import accounts

    accounts.set_unit(name, code, by)
    click.echo(f"账号 {name} 现在属于单位 {code}")


@user.command("password")
@click.argument("name")
@_generate_option
@by_option
def password(name: str, generate: bool, by: str) -> None:
    """Give an account a first password again, which ends its sessions and opens a lock."""
    from store.people import accounts

    first = _password(generate)
    accounts.set_password(name, first, by)
    click.echo(f"账号 {name} 的密码已重设，下次登录时须修改")
    _show(first, generate)


@user.command("unlock")
@click.argument("name")
@by_option
def unlock(name: str, by: str) -> None:
    """Open an account that wrong passwords have locked."""
    from store.people import accounts

    accounts.unlock(name, by)
    click.echo(f"账号 {name} 已解锁")


@user.command("deactivate")
@click.argument("name")
@click.option("--undo", is_flag=True, help="Open it again.")
@by_option
def deactivate(name: str, undo: bool, by: str) -> None:
    """Close an account: its sessions and tokens end at once, what it did stays on record."""
    from store.people import accounts

    accounts.set_active(name, undo, by)
    click.echo(f"账号 {name} 已{'重新启用' if undo else '停用'}")


@click.group()
def token() -> None:
    """Tokens, by which programs read the API."""


@token.command("add")
@click.argument("name")
@click.option("--title", required=True, help="What it is for.")
@click.option("--until", metavar="DAY", help="The last day that it is good for, such as 2026-12-31 (default: until revoked).")
@by_option
def token_add(name: str, title: str, until: str | None, by: str) -> None:
    """Make a token that may read what the account NAME may; it is printed this once."""
    from store.people import tokens

    click.echo(tokens.add(name, title, by, until))
    click.echo("请现在就抄下：令牌只显示这一次，库里只存它的摘要", err=True)


@token.command("list")
def token_list() -> None:
    """List all tokens, without the tokens themselves."""
    from store import connection
    from store.people import tokens

    with connection.reader() as db:
        table = tokens.tokens(db)
    if table.empty:
        click.echo("还没有令牌")
    for one in table.itertuples():
        end = f"已于 {one.revoked_at} 撤销" if one.revoked_at else f"至 {one.until}" if one.until else "不限期"
        click.echo(f"{one.id}  {one.account}  {one.title}  {one.at}  {end}")


@token.command("revoke")
@click.argument("number", metavar="ID")
@by_option
def token_revoke(number: str, by: str) -> None:
    """Make the token ID (see `token list`) useless at once."""
    from store.people import tokens

    tokens.revoke(number, by)
    click.echo(f"令牌 {number} 已撤销")


def _password(generate: bool) -> str:
    """A first password: made up, or asked for twice without showing it."""
    from store.people import passwords

    return passwords.generated() if generate else click.prompt("密码", hide_input=True, confirmation_prompt="再输一次")


def _show(first: str | None, generate: bool) -> None:
    if generate and first is not None:
        click.echo(f"首次密码（只显示这一次）：{first}")


def _titles(roles: tuple[str, ...]) -> str:
    return "、".join(ROLES[role].title for role in roles if role in ROLES)


def _state(one) -> str:
    """What is to be known of an account before one tries to sign in with it."""
    locked = one.locked_until == one.locked_until and one.locked_until is not None and one.locked_until > datetime.now().timestamp()
    until = f"锁定至 {datetime.fromtimestamp(one.locked_until):%H:%M}" if locked else ""
    said = ("" if one.active else "已停用", until, "待改首次密码" if one.must_change else "", "统一身份登录" if one.elsewhere else "")
    return "".join(f"  [{text}]" for text in said if text)
