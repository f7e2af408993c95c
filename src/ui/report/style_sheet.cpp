#include "ui/report/parts.hpp"

namespace deployctl::ui::report {
namespace {

constexpr std::string_view sheet = R"(:root {
  --ground: #ffffff; --panel: #f5f6f8; --text: #1b1f24; --faint: #59636e; --line: #d5dae0;
  --good: #1a7f37; --bad: #c62828; --warning: #8a5a00; --bar: #2f6fde; --track: #e9ecf0;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #12151a; --panel: #1b2027; --text: #e4e8ee; --faint: #9aa5b1; --line: #333b45;
    --good: #4ac26b; --bad: #ff7b72; --warning: #e3b341; --bar: #6ea8fe; --track: #262d36;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; padding: 0 1rem 2rem; background: var(--ground); color: var(--text);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif;
}
main, footer { max-width: 62rem; margin: 0 auto; }
header { padding: 1.5rem 0 .5rem; }
h1 { margin: 0; font-size: 1.7rem; line-height: 1.2; overflow-wrap: anywhere; }
h2 { margin: 2rem 0 .6rem; font-size: 1.15rem; border-bottom: 1px solid var(--line); padding-bottom: .25rem; }
h3 { margin: 1.2rem 0 .3rem; font-size: 1rem; overflow-wrap: anywhere; }
p { margin: .4rem 0; overflow-wrap: anywhere; }
.kind { margin: 0; color: var(--faint); }
.badge { border: 1px solid currentColor; border-radius: .4rem; padding: .05rem .5rem; margin-right: .3rem; }
.good, .changed { color: var(--good); }
.bad, .remaining, .unknown { color: var(--bad); }
.warning, .kept { color: var(--warning); }
.why, .help, footer { color: var(--faint); }
code, pre, dd, .path, .digest { font-family: ui-monospace, "SF Mono", Menlo, Consolas, monospace; font-size: .875rem; }
.facts {
  display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: .4rem 1.5rem;
  margin: 1rem 0 0; padding: .8rem 1rem; background: var(--panel); border-radius: .5rem;
}
.facts div { min-width: 0; }
dt { color: var(--faint); font-size: .8rem; }
dd { margin: 0; overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; }
th { text-align: left; color: var(--faint); font-weight: normal; font-size: .8rem; }
th, td { padding: .25rem .8rem .25rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td { overflow-wrap: break-word; }
td code, .digest { overflow-wrap: anywhere; }
.state { white-space: nowrap; }
.evidence {
  margin: .3rem 0 .6rem; padding: .6rem .8rem; background: var(--panel); border-left: 3px solid var(--bad);
  white-space: pre-wrap; overflow-wrap: anywhere;
}
.axis, .row { display: grid; grid-template-columns: minmax(8rem, 24%) 1fr 5.5rem; gap: .8rem; align-items: center; }
.axis { color: var(--faint); font-size: .75rem; }
.ticks { display: flex; justify-content: space-between; }
.row { padding: .15rem 0; }
.row.step { font-weight: 600; margin-top: .5rem; }
.row .name { overflow-wrap: anywhere; line-height: 1.25; }
.row.target .name { padding-left: .9rem; font-size: .9rem; }
.track { position: relative; height: 1rem; background: var(--track); border-radius: .25rem; overflow: hidden; }
.row.step .track { height: .5rem; }
.bar { position: absolute; top: 0; bottom: 0; min-width: 3px; background: var(--bar); border-radius: .2rem; }
.bar.bad { background: var(--bad); }
.bar.good { background: var(--bar); }
.bar.warning { background: var(--warning); }
.bar.back {
  background-image: repeating-linear-gradient(45deg, transparent 0 4px, var(--track) 4px 8px);
}
.took { text-align: right; font-size: .85rem; font-variant-numeric: tabular-nums; }
.legend { color: var(--faint); font-size: .8rem; }
.legend > span { display: inline-block; margin-right: .9rem; }
.swatch { display: inline-block; position: static; width: 1.2rem; height: .7rem; margin-right: .3rem; }
.log td:first-child { width: 1%; white-space: nowrap; font-variant-numeric: tabular-nums; color: var(--faint); }
summary { cursor: pointer; color: var(--faint); }
footer { margin-top: 2.5rem; font-size: .8rem; overflow-wrap: anywhere; }
@media (max-width: 40rem) {
  .axis { display: none; }
  .row { grid-template-columns: 1fr auto; gap: 0 .8rem; }
  .row .track { grid-column: 1 / -1; grid-row: 2; }
  .stack thead { display: none; }
  .stack, .stack tbody, .stack tr, .stack td, .stack td:first-child { display: block; width: auto; }
  .stack td { border: 0; padding: 0; }
  .stack tr { border-bottom: 1px solid var(--line); padding: .3rem 0; }
}
@media print {
  :root {
    --ground: #ffffff; --panel: #f5f6f8; --text: #000000; --faint: #444444; --line: #bbbbbb;
    --good: #1a7f37; --bad: #b00020; --warning: #7a4f00; --bar: #2f6fde; --track: #eeeeee;
  }
  body { font-size: 11pt; padding: 0; }
  .track, .bar, .swatch, .badge, .facts, .evidence { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .row, tr, .facts div { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
}
)";

} // namespace

std::string_view style_sheet() {
  return sheet;
}

} // namespace deployctl::ui::report
