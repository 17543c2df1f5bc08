"""Nothing goes to anybody but the server; nothing on the page could."""

from urllib.parse import urlsplit

from playwright.sync_api import expect

from support.browser import LetIn, MakeGathering


def test_a_whole_visit_talks_to_the_server_alone_and_keeps_the_token_out_of_every_address(
    make_gathering: MakeGathering, let_in: LetIn
) -> None:
    """[UNI-3] [PS-42]"""
    gathering = make_gathering()
    rosa = let_in(gathering)
    answer = rosa.page.goto(gathering.base_url)
    assert answer is not None
    policy = answer.header_value("content-security-policy") or ""
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "'unsafe-" not in policy
    assert answer.header_value("referrer-policy") == "no-referrer"

    rosa.join(gathering.link("host"), "Rosa", outline=True)
    rosa.quick_add("With an emoji 👋🏽, عربى and 漢字")
    for panel in ("Display", "Help", "Invite"):
        rosa.page.get_by_role("banner").get_by_role("button", name=panel).click()
        expect(rosa.page.get_by_role("dialog")).to_be_visible()
        rosa.page.keyboard.press("Escape")
        expect(rosa.page.get_by_role("dialog")).to_have_count(0)
    rosa.has_saved()
    rosa.page.reload()
    rosa.is_seated()

    origins = {f"{parts.scheme}://{parts.netloc}" for parts in map(urlsplit, rosa.requests) if parts.scheme != "data"}
    assert origins == {gathering.base_url}
    assert any("/ws/" in url for url in rosa.requests)
    assert not [url for url in rosa.requests if any(token in url for token in gathering.tokens.values())]
