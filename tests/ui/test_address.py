"""What is chosen is in the address by its code; links, back and forward win; an unknown value is told and loses nothing else."""

import pytest
from streamlit.testing.v1 import AppTest


def page():
    import streamlit as st

    from ui import address

    period = address.select("考核期", ["2024Q3", "2024Q4"], "period", "2024Q4", {"2024Q3": "三季度", "2024Q4": "四季度"})
    colour = address.segments("颜色", ["tier", "index"], "colour", "tier", str.upper)
    sector = address.multi("片组", ["甲", "乙", "丙"], "sector")
    address.publish()
    st.text(f"{period} {colour} {'+'.join(sector)}".strip())


def opened(**query) -> AppTest:
    app = AppTest.from_function(page)
    for key, value in query.items():
        app.query_params[key] = value
    return run(app)


def run(app: AppTest) -> AppTest:
    app.run()
    assert not app.exception
    return app


def address_of(app: AppTest) -> dict[str, list[str]]:
    """The address, every key with the list of its values."""
    return {key: [value] if isinstance(value, str) else list(value) for key, value in app.query_params.items()}


def test_defaults_stand_in_the_address_by_their_codes():
    app = opened()
    assert address_of(app) == {"period": ["2024Q4"], "colour": ["tier"], "sector": ["all"]}
    assert app.text[0].value == "2024Q4 tier"
    assert app.selectbox[0].options == ["三季度", "四季度"]


def test_link_is_taken_whole_and_what_is_not_ours_stays():
    app = opened(period="2024Q3", colour="index", sector=["丙", "甲"], other="1")
    assert app.text[0].value == "2024Q3 index 丙+甲"
    assert address_of(app) == {"period": ["2024Q3"], "colour": ["index"], "sector": ["丙", "甲"], "other": ["1"]}
    assert not app.warning


def test_choice_goes_to_the_address_and_back_returns():
    app = opened()
    app.selectbox[0].set_value("2024Q3")
    assert address_of(run(app))["period"] == ["2024Q3"]
    app.multiselect[0].set_value(["乙"])
    assert address_of(run(app))["sector"] == ["乙"]
    app.query_params["sector"] = "all"  # back
    assert run(app).text[0].value == "2024Q3 tier"
    app.query_params["period"] = "2024Q4"  # and once more
    assert run(app).text[0].value == "2024Q4 tier"


def twins():
    from ui import address

    address.select("单位", ["U1", "U2", "U3"], "unit", "U1", {"U1": "同名局", "U2": "同名局", "U3": "丙局"})
    address.multi("单位", ["U1", "U2", "U3"], "units", {"U1": "同名局", "U2": "同名局", "U3": "丙局"})
    address.publish()


@pytest.mark.parametrize("unit", ["U1", "U2"])
def test_things_of_one_name_are_told_apart(unit):
    """Streamlit knows a choice by what is shown for it."""
    app = AppTest.from_function(twins)
    app.query_params["unit"] = unit
    assert run(app).selectbox[0].options == ["同名局　U1", "同名局　U2", "丙局"]
    assert run(app).selectbox[0].value == unit
    app.multiselect[0].set_value([unit])
    assert address_of(run(app)) == {"unit": [unit], "units": [unit]}


def test_address_that_lost_its_keys_keeps_what_was_chosen():
    app = opened(period="2024Q3", sector=["甲"])
    del app.query_params["period"], app.query_params["sector"]  # as a change of page does
    assert run(app).text[0].value == "2024Q3 tier 甲"
    assert address_of(app)["period"] == ["2024Q3"] and address_of(app)["sector"] == ["甲"]


@pytest.mark.parametrize("odd", ["2099Q9", "<script>alert(1)</script>", "", "*x_* $y$"])
def test_unknown_value_is_told_and_nothing_else_is_lost(odd):
    app = opened(period=odd, colour="index", sector=["甲", odd])
    assert app.text[0].value == "2024Q4 index 甲"
    told = [warning.value.replace("\\", "") for warning in app.warning]
    assert len(told) == 2 and all(odd in text for text in told)
    assert "考核期" in told[0] and "四季度" in told[0] and "片组" in told[1]
    assert address_of(app) == {"period": ["2024Q4"], "colour": ["index"], "sector": ["甲"]}
    assert not run(app).warning


def together():
    import streamlit as st

    from ui import address

    said = address.given(("a", "b"))
    if said is not None:
        st.session_state["kept"] = said
    kept = st.session_state.get("kept", {"a": ["1"], "b": []})
    address.put(kept)
    address.publish()
    st.text(f"{kept['a']} {kept['b']} {said is not None}")


def test_keys_that_belong_together_are_taken_together_and_an_empty_one_stays_out():
    app = run(AppTest.from_function(together))
    assert app.text[0].value == "['1'] [] False" and address_of(app) == {"a": ["1"]}
    app.query_params["b"] = ["x", "y"]
    assert run(app).text[0].value == "['1'] ['x', 'y'] True"
    assert run(app).text[0].value == "['1'] ['x', 'y'] False"  # what was written is no news
    del app.query_params["a"], app.query_params["b"]  # as a change of page does
    assert run(app).text[0].value == "['1'] ['x', 'y'] False"
    assert address_of(app) == {"a": ["1"], "b": ["x", "y"]}
    app.query_params["b"] = []  # back
    assert run(app).text[0].value == "['1'] [] True" and not address_of(app).get("b")


def cut_short():
    import streamlit as st

    from ui import address

    colour = address.segments("颜色", ["tier", "index"], "colour", "tier")
    sector = address.multi("片组", ["甲", "乙"], "sector")
    if st.query_params.get("cut") == "1":
        st.stop()  # as when the next click comes before this run ends
    address.publish()
    st.text(f"{colour} {'+'.join(sector)}".strip())


def test_two_steps_back_in_quick_succession_arrive_at_the_second():
    app = run(AppTest.from_function(cut_short))
    assert app.text[0].value == "tier"
    app.query_params.update(colour="index", sector="乙", cut="1")
    run(app)
    app.query_params.update(colour="tier", sector="all", cut="0")
    assert run(app).text[0].value == "tier"
