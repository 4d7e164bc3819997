"""The real browser reaches the real site."""


def test_chromium_opens_a_page_of_the_live_server(live_site, browser_page):
    answer = browser_page.goto(f"{live_site.url}/admin/login/")

    assert answer.status == 200
    assert browser_page.get_by_role("textbox").first.is_visible()


def test_the_page_tree_is_there_again_for_the_next_live_test(live_site, page_tree, story):
    assert story.get_parent().specific == page_tree.newsroom
