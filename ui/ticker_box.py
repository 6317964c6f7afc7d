"""The ticker box: choose companies from the list, or type and paste tickers, names and groups.

Streamlit's multiselect takes the first line of its list on Enter, whatever was typed. Here a small
script sends the typed text to the server instead, and one rule decides (`read`): an exact ticker,
alias, name or group is taken, and so is the beginning of one company's name. Of anything else
nothing is taken and the list stays open.
"""

from collections.abc import Mapping

import streamlit as st

from ui import links
from ui.text import TEXTS, text

KEY = "filter_tickers"
GROUP = "group:"  # before the name of a group in the list
PROBLEMS = "harbourview_problems"
TAKEN = "harbourview_taken"  # how many typed texts were taken in this session
ENTER = "harbourview_enter"

# A line that the reader has reached with the arrow keys is still taken by Streamlit itself.
ENTER_JS = """
const box = '.st-key-filter_tickers input';
let send = () => {}, reached = false, taken = null;

function onKey(event) {
  const input = event.target;
  if (!(input instanceof HTMLInputElement) || !input.matches(box)) return;
  if (event.key === 'ArrowDown' || event.key === 'ArrowUp') { reached = true; return; }
  if (event.key !== 'Enter') { reached = false; return; }
  if (event.isComposing || reached) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (input.value.trim()) send(input.value);
}

function closeEmpty(input) {
  if (input.value) {
    const write = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set;
    write.call(input, '');
    input.dispatchEvent(new Event('input', { bubbles: true }));
  }
  if (document.querySelector('[role="listbox"]')) {
    const escape = { key: 'Escape', code: 'Escape', bubbles: true, cancelable: true };
    input.dispatchEvent(new KeyboardEvent('keydown', escape));
  }
}

export default function(component) {
  const { data, setTriggerValue } = component;
  send = (typed) => setTriggerValue('typed', typed);
  const input = document.querySelector(box);
  if (taken !== null && taken !== data.taken && input) closeEmpty(input);
  taken = data.taken;
  document.addEventListener('keydown', onKey, true);
  return () => document.removeEventListener('keydown', onKey, true);
}
"""


def read(typed: str, universe: links.Universe) -> tuple[list[str], list[links.Problem], bool]:
    """What a typed or pasted text takes: tickers, problems to show, and whether the box keeps it.

    The box keeps a text that several companies fit: the open list shows them, so that no problem
    is shown.
    """
    found, problems = links.read_tickers(typed, universe, "", begins=True)
    if not found and len(problems) == 1 and problems[0].reason in links.SEVERAL:
        return [], [], True
    return found, problems, not found


def _enter(universe: links.Universe) -> None:
    """The reader pressed Enter on a text that was typed or pasted."""
    typed = st.session_state[ENTER].get("typed") or ""
    found, problems, is_kept = read(typed, universe)
    st.session_state[PROBLEMS] = problems
    if found:  # writing the same value again would empty the box and list everything
        st.session_state[KEY] = _with(st.session_state[KEY], found)
    if not is_kept:
        st.session_state[TAKEN] = st.session_state.get(TAKEN, 0) + 1


def _change(universe: links.Universe) -> None:
    """The reader chose from the list or removed something: groups and added texts become
    tickers.
    """
    kept: list[str] = []
    problems: list[links.Problem] = []
    for value in st.session_state[KEY][: links.MOST]:
        found, unknown = links.read_tickers(value.removeprefix(GROUP), universe, "", begins=True)
        kept += found
        problems += unknown
    st.session_state[KEY] = _with([], kept)
    st.session_state[PROBLEMS] = problems


def _with(tickers: list[str], more: list[str]) -> list[str]:
    return list(dict.fromkeys([*tickers, *more]))[: links.MOST]


def draw(universe: links.Universe, names: Mapping[str, tuple[str, str]], language: str) -> None:
    """Draw the box. names: the short names of each ticker, English and Chinese."""

    def label(value: str) -> str:
        if value.startswith(GROUP):
            group = value.removeprefix(GROUP)
            key = f"filter.group_{group}"
            name = text(key, language) if key in TEXTS else group
            number = len(universe.groups[group])
            return text("filter.group", language, name=name, number=number)
        english, chinese = names.get(value, (value, value))
        name = chinese if language == "zh" else english
        return name if name == value else f"{name} {value}"

    lines = [entry.ticker for entry in universe.entries]
    st.multiselect(
        text("filter.tickers", language),
        [*lines, *(GROUP + name for name in universe.groups)],
        key=KEY,
        format_func=label,
        accept_new_options=True,
        select_all=False,
        filter_mode="contains",
        placeholder=text("filter.placeholder", language),
        label_visibility="collapsed",
        on_change=_change,
        args=(universe,),
        width="stretch",
    )
    mount = st.components.v2.component("harbourview_enter", js=ENTER_JS)
    mount(
        key=ENTER,
        data={"taken": st.session_state.get(TAKEN, 0)},
        on_typed_change=lambda: _enter(universe),
        width=1,
        height=1,
    )
