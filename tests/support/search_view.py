"""Searching in a list of the web client."""


def search_for(page, text):
    """Type it into the search box, and wait until the list shows the one record that fits.

    Whoever clicks a row earlier may click one of the list that is being loaded anew.
    """
    page.get_by_role("searchbox").fill(text)
    # without a proposal Enter does nothing
    page.locator(".o_searchview_autocomplete").wait_for()
    page.keyboard.press("Enter")
    page.locator(".o_searchview_facet", has_text=text).wait_for()
    page.locator(".o_data_row").nth(1).wait_for(state="detached")
