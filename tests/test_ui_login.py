"""Who gets in, what each may do, and where the page listens."""

from __future__ import annotations

import asyncio
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from test_ui_web import Scripted
from typer.testing import CliRunner
from web_support import chromium, indexed, opened, put, serving

from embeddings import Encoder
from rag import Assistant, Settings, SettingsError
from ui.cli import app as command
from ui.web.server.app import serve, web_app
from ui.web.server.queue import Allowance, Queue, TooManyQuestions
from ui.web.store.users import Users, remove_user, write_user

pytestmark = pytest.mark.long

QUESTION = "济南高新区聘任了多少名首席政策官？"
PASSWORD = "correct horse"


@pytest.fixture(scope="module")
def users(tmp_path_factory: pytest.TempPathFactory) -> Users:
    path = tmp_path_factory.mktemp("users") / "users.txt"
    write_user(path, "wang.li", PASSWORD)
    write_user(path, "chen", "battery staple")
    return Users(path)


@pytest.fixture(scope="module")
def address(users: Users, tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[str]:
    own = indexed(tmp_path_factory.mktemp("door") / "home", encoder=encoder)
    with serving(web_app(own, users=users, upload_mb=1)) as served:
        yield served


def test_passwords_are_kept_hashed_and_checked(tmp_path: Path) -> None:
    path = tmp_path / "users.txt"
    assert write_user(path, "wang.li", PASSWORD)
    assert not write_user(path, "wang.li", "another password")
    users = Users(path)
    assert users.check("wang.li", "another password")
    assert not users.check("wang.li", PASSWORD)
    assert not users.check("nobody", "another password")
    assert "another password" not in path.read_text(encoding="utf-8")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = users.stamp("wang.li")
    write_user(path, "chen", PASSWORD)
    assert users.names == {"wang.li", "chen"}  # without a restart
    assert users.stamp("wang.li") == before
    remove_user(path, "wang.li")
    assert not users.check("wang.li", "another password")


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "No such file"), ("", "is empty"), ("wang:secret\n", "Line 1"), ("# x\n../a:$argon2id$\n", "Line 2")],
)
def test_a_file_of_users_that_is_none_is_told(tmp_path: Path, content: str | None, said: str) -> None:
    path = tmp_path / "users.txt"
    if content is not None:
        path.write_text(content)
    with pytest.raises(SettingsError, match=said) as told:
        Users(path)
    assert "yinju user NAME --auth-file" in str(told.value)


@pytest.mark.parametrize(
    ("name", "password"), [("Wang", PASSWORD), ("../x", PASSWORD), ("", PASSWORD), ("wang", "short")]
)
def test_names_and_passwords_that_wont_do(tmp_path: Path, name: str, password: str) -> None:
    with pytest.raises(SettingsError):
        write_user(tmp_path / "users.txt", name, password)
    assert not (tmp_path / "users.txt").exists()


def test_the_command_writes_users(tmp_path: Path) -> None:
    path = tmp_path / "users.txt"
    done = CliRunner().invoke(command, ["user", "chen", "--auth-file", str(path)], input=f"{PASSWORD}\n{PASSWORD}\n")
    assert done.exit_code == 0
    assert PASSWORD not in done.output
    assert Users(path).check("chen", PASSWORD)
    assert CliRunner().invoke(command, ["user", "chen", "--auth-file", str(path), "--remove"]).exit_code == 0


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/info",
        "/gradio_api/mcp/",
        "/config",
        "/v1/models",
        "/export/x.md",
        "/document/file?id=x",
        "/theme.css",
    ],
)
def test_without_a_password_there_is_nothing(address: str, path: str) -> None:
    for headers in ({}, {"cookie": "yinju-session=x"}, {"authorization": "Bearer wang.li:wrong"}):
        response = httpx.get(address + path, headers=headers)
        assert response.status_code == 401
        assert response.headers["x-content-type-options"] == "nosniff"
    assert httpx.post(address + "/gradio_api/queue/join", json={}).status_code == 401


def test_programs_come_in_with_name_and_password(address: str) -> None:
    assert httpx.get(f"{address}/v1/models", auth=("wang.li", PASSWORD)).status_code == 200
    client = pytest.importorskip("openai").OpenAI(base_url=f"{address}/v1", api_key=f"wang.li:{PASSWORD}")
    answer = client.chat.completions.create(model="yinju", messages=[{"role": "user", "content": QUESTION}])
    assert "39名" in answer.choices[0].message.content
    import base64

    basic = base64.b64encode(b"chen:battery staple").decode()
    gradio = pytest.importorskip("gradio_client").Client(
        address, verbose=False, headers={"authorization": f"Basic {basic}"}
    )
    assert "39名" in gradio.predict(QUESTION, api_name="/ask")["text"]


def test_people_come_in_by_the_login_and_keep_to_themselves(users: Users, tmp_path: Path, encoder: Encoder) -> None:
    own_app = web_app(indexed(tmp_path / "home", encoder=encoder), users=users)  # its door has seen no wrong password
    with serving(own_app) as address, chromium() as browser:
        page = browser.new_context(locale="zh-CN").new_page()
        page.goto(address)
        page.get_by_label("用户名").fill("Wang.Li")
        page.get_by_label("密码").fill("wrong password")
        page.keyboard.press("Enter")
        page.get_by_role("alert").get_by_text("用户名或密码不对。").wait_for()
        axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
        assert axe.run(page).response["violations"] == []
        page.get_by_label("密码").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_selector("html[data-yj-ready]", state="attached")
        put(page, QUESTION)
        page.locator("#yj-thread .yj-mark").first.wait_for()
        page.wait_for_function("location.hash.length === 33")
        mine = page.url[-32:]
        (cookie,) = [cookie for cookie in page.context.cookies() if cookie["name"] == "yinju-session"]
        assert cookie["httpOnly"]
        assert cookie["sameSite"] == "Lax"
        own = {"cookie": f"yinju-session={cookie['value']}"}
        assert "39名" in httpx.get(f"{address}/export/{mine}.md", headers=own).text
        assert httpx.get(f"{address}/export/{mine}.md", auth=("chen", "battery staple")).status_code == 404

        page.locator("#yj-open-drawer").click()
        page.locator(f".yj-conversation[data-id='{mine}']").wait_for()
        page.get_by_role("button", name="退出登录：wang.li").click()
        page.get_by_label("用户名").wait_for()
        assert httpx.get(f"{address}/export/{mine}.md", headers=own).status_code == 401

        page.get_by_label("用户名").fill("chen")
        page.get_by_label("密码").fill("battery staple")
        page.get_by_role("button", name="登录").click()
        page.wait_for_selector("html[data-yj-ready]", state="attached")
        page = page.context.new_page()
        page.goto(f"{address}/#{mine}")
        page.wait_for_selector("html[data-yj-ready]", state="attached")
        page.locator(".yj-welcome").wait_for()
        page.locator("#yj-open-drawer").click()
        page.get_by_text("还没有对话。").wait_for()


def test_files_over_the_limit_are_refused(address: str) -> None:
    files = {"files": ("large.txt", b"x" * 1_500_000)}
    response = httpx.post(f"{address}/gradio_api/upload", files=files, auth=("chen", "battery staple"))
    assert response.status_code == 413


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "", "127.0.0.1.evil.example", "[::1].evil"])
def test_other_names_are_refused(assistant: Assistant, host: str) -> None:
    with serving(web_app(assistant, names=("yinju.example",))) as served:
        refused = httpx.get(served, headers={"host": host})
        assert refused.status_code == 400
        assert "--name" in refused.text
        for name in ("YINJU.example:7860", "192.0.2.7:7860", "[2001:db8::1]:7860", "localhost"):
            assert httpx.get(f"{served}/v1/models", headers={"host": name}).status_code == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.7", "::"])
def test_it_does_not_listen_beyond_this_computer_without_users(bundled_home: Path, host: str) -> None:
    with pytest.raises(SettingsError, match=r"--auth-file.*--allow-open"):
        serve(Settings(home=bundled_home), host)


def test_a_taken_port_is_one_sentence(bundled_home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=f"127.0.0.1:{port}.*yinju chat --port"):
            serve(Settings(home=bundled_home), port=port)


def test_each_has_a_share_of_the_questions(assistant: Assistant) -> None:
    allowance = Allowance(2)
    for _ in range(2):
        allowance.take("a")
    with pytest.raises(TooManyQuestions, match="At most 2 questions a minute"):
        allowance.take("a")
    allowance.take("b")
    with serving(web_app(assistant, questions_per_minute=1)) as served:
        body = {"messages": [{"role": "user", "content": QUESTION}]}
        told = [httpx.post(f"{served}/v1/chat/completions", json=body, timeout=60).status_code for _ in range(2)]
        assert told == [200, 429]


def test_those_who_wait_are_let_in_in_their_order_and_lines_in_turn() -> None:
    async def play() -> None:
        queue = Queue(1, most_waiting=3)
        first = queue.line_up("a")
        assert [ahead async for ahead in queue.ahead(first)] == []
        second, third, fourth = (queue.line_up("a") for _ in range(3))
        with pytest.raises(TooManyQuestions, match=r"3 questions wait.*Ask again in 5 seconds") as told:
            queue.line_up("a")
        assert told.value.seconds == 5
        other = queue.line_up("b")
        assert [await anext(queue.ahead(ticket)) for ticket in (second, third, fourth, other)] == [1, 2, 3, 1]
        queue.leave(third)  # gives up
        queue.leave(first)
        assert second.called.is_set()
        queue.leave(second)
        assert other.called.is_set()
        assert not fourth.called.is_set()
        queue.leave(other)
        assert fourth.called.is_set()
        queue.leave(fourth)
        assert queue.line_up("a").called.is_set()

    asyncio.run(play())


def test_the_page_says_how_many_are_ahead(encoder: Encoder, tmp_path: Path) -> None:
    scripted = Scripted(indexed(tmp_path / "home", encoder=encoder))
    with serving(web_app(scripted, at_once=1)) as served, chromium() as browser:  # type: ignore[arg-type]
        first, second, third = (opened(browser, served)[0] for _ in range(3))
        put(first, "slow")
        first.get_by_text("第一部分，").wait_for()
        put(second, QUESTION)
        second.locator(".yj-waiting").wait_for()
        second.wait_for_timeout(500)
        put(third, QUESTION)
        third.get_by_text("前面还有 1 个问题在等").wait_for()
        scripted.go_on.set()
        third.locator("#yj-thread .yj-mark").first.wait_for()
        second.locator("#yj-thread .yj-mark").first.wait_for()


def test_wrong_passwords_are_not_tried_for_ever(users: Users, bundled_home: Path, assistant: Assistant) -> None:
    with serving(web_app(assistant, users=users)) as served:
        form = {"name": "chen", "password": "wrong password"}
        told = [httpx.post(f"{served}/login", data=form).status_code for _ in range(9)]
        assert told == [401] * 8 + [429]
        right = httpx.post(f"{served}/login", data={"name": "chen", "password": "battery staple"})
        assert right.status_code == 429
        assert "set-cookie" not in right.headers


def test_sixty_guesses_at_once_are_sixty(users: Users, assistant: Assistant) -> None:
    async def guess(address: str) -> list[int]:
        async with httpx.AsyncClient(base_url=address, timeout=60) as client:
            forms = [{"name": "chen", "password": f"wrong password {i}"} for i in range(60)]
            told = await asyncio.gather(*(client.post("/login", data=form) for form in forms))
            right = await client.post("/login", data={"name": "chen", "password": "battery staple"})
            assert right.status_code == 429
            return [answer.status_code for answer in told]

    with serving(web_app(assistant, users=users)) as served:
        told = asyncio.run(guess(served))
        assert told.count(401) == 8
        assert told.count(429) == 52


def test_the_same_key_sixty_times_at_once_is_no_guessing(users: Users, assistant: Assistant) -> None:
    async def come_in(address: str) -> set[int]:
        async with httpx.AsyncClient(base_url=address, auth=("chen", "battery staple"), timeout=60) as client:
            return {
                answer.status_code for answer in await asyncio.gather(*(client.get("/v1/models") for _ in range(60)))
            }

    with serving(web_app(assistant, users=users)) as served:
        assert asyncio.run(come_in(served)) == {200}


def signed_in(address: str, name: str, password: str) -> dict[str, str]:
    answer = httpx.post(f"{address}/login", data={"name": name, "password": password})
    assert answer.status_code == 303
    return {"cookie": answer.headers["set-cookie"].partition(";")[0]}


def test_sessions_end_with_the_password_and_with_the_user(tmp_path: Path, assistant: Assistant) -> None:
    path = tmp_path / "users.txt"
    write_user(path, "chen", "battery staple")
    write_user(path, "wang", PASSWORD)
    with serving(web_app(assistant, users=Users(path))) as served:
        chen, wang = signed_in(served, "chen", "battery staple"), signed_in(served, "wang", PASSWORD)
        key = {"authorization": "Bearer wang:correct horse"}
        assert [httpx.get(f"{served}/v1/models", headers=one).status_code for one in (chen, wang, key)] == [200] * 3
        write_user(path, "chen", "another password")
        remove_user(path, "wang")
        assert [httpx.get(f"{served}/v1/models", headers=one).status_code for one in (chen, wang, key)] == [401] * 3
        write_user(path, "wang", PASSWORD)  # somebody of the same name, even with the same password
        assert httpx.get(f"{served}/v1/models", headers=wang).status_code == 401
        assert httpx.get(f"{served}/v1/models", headers=key).status_code == 200


@pytest.mark.parametrize(
    "damage", [b"", b"\xff\xfe", b"chen\n", b"# Users\nchen:$argon2id$x\n../x:$argon2id$y\n", None]
)
def test_a_damaged_file_of_users_leaves_those_it_had(
    tmp_path: Path, assistant: Assistant, damage: bytes | None, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "users.txt"
    write_user(path, "chen", "battery staple")
    users = Users(path)
    whole = path.read_bytes()
    with serving(web_app(assistant, users=users)) as served:
        chen = signed_in(served, "chen", "battery staple")
        path.unlink() if damage is None else path.write_bytes(damage)
        for _ in range(2):
            assert httpx.get(f"{served}/v1/models", headers=chen).status_code == 200
        assert httpx.get(f"{served}/v1/models").status_code == 401
        signed_in(served, "chen", "battery staple")
        said = [record.message for record in caplog.records if "the users are those it had before" in record.message]
        assert len(said) == 1
        assert str(path) in said[0]
        path.write_bytes(whole)
        assert httpx.get(f"{served}/v1/models", headers=chen).status_code == 200
        assert users.problem is None
        remove_user(path, "chen")  # which leaves none, and is no damage
        assert httpx.get(f"{served}/v1/models", headers=chen).status_code == 401


def test_only_a_named_proxy_says_for_whom_it_asks(assistant: Assistant) -> None:
    body = {"messages": [{"role": "user", "content": QUESTION}]}

    def ask(address: str, of: str) -> int:
        headers = {"x-forwarded-for": of}
        return httpx.post(f"{address}/v1/chat/completions", json=body, headers=headers, timeout=60).status_code

    with serving(web_app(assistant, questions_per_minute=1)) as served:
        assert [ask(served, "192.0.2.1"), ask(served, "192.0.2.2")] == [200, 429]
    with serving(web_app(assistant, questions_per_minute=1, proxies=("127.0.0.1",))) as served:
        assert [ask(served, "192.0.2.1"), ask(served, "192.0.2.2"), ask(served, "192.0.2.1")] == [200, 200, 429]
