"""The style of report pages: marks in the margin, below the line where there is no room, in the margin again on paper."""

from __future__ import annotations

STYLE = """
.derivations-check,.derivations-class{--ink:#1f2328;--dim:#59636e;--rule:#d1d9e0;--paper:#fff;--right:#1a7f37;--wrong:#c00;
--follows:#8a5a00;--open:#0a5bc4;
--unread:#7a3ec8;
--wrongpaper:#fff0f0;--followspaper:#fff8e5}
@media screen and (prefers-color-scheme:dark){.derivations-check,.derivations-class{--ink:#e6e9ee;--dim:#9aa4b0;
--rule:#3a424c;--paper:#14181d;
--right:#56d364;--wrong:#ff8080;
--follows:#e3b341;--open:#79b8ff;--unread:#c9a5f7;--wrongpaper:#3a1c1f;--followspaper:#33290f}}
.derivations-check,.derivations-class{background:var(--paper);color:var(--ink)}
.derivations-check,.derivations-class{font-family:Georgia,"Times New Roman",serif;line-height:1.45;max-width:80em;
margin:1em auto;padding:0 1em}
.derivations-check h2,.derivations-class h1,.derivations-class h2{font-size:1.25em;margin:1em 0 .3em;overflow-wrap:anywhere}
.derivations-check table,.derivations-class table{border-collapse:collapse;width:100%}
.derivations-check th,.derivations-class th{text-align:left;font-size:80%;font-weight:normal;color:var(--dim);padding:.1em .5em;
border-bottom:1px solid var(--rule)}
.derivations-check td{vertical-align:top;padding:.05em .5em}
.derivations-class td{vertical-align:top;padding:.25em .5em;border-bottom:1px solid var(--rule);overflow-wrap:anywhere}
.derivations-check td.n{color:var(--dim);text-align:right;font-size:80%;width:2.5em}
.derivations-check td.m{width:1.6em;text-align:center;font-weight:bold}
.derivations-check td.s{font-family:Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:85%;white-space:pre-wrap;
overflow-wrap:anywhere;width:58%}
.derivations-check td.c{font-size:88%;overflow-wrap:anywhere}
.derivations-check td.c div{border-left:3px solid;padding:.1em .6em;margin:.1em 0 .4em}
.derivations-check code,.derivations-class code{font-family:Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:88%}
.derivations-check .said{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.derivations-check b.right,.derivations-check td.m.right{color:var(--right)}
.derivations-check b.wrong,.derivations-check td.m.wrong,.derivations-check a.wrong,.derivations-check p.wrong,
.derivations-class .wrong{
color:var(--wrong)}
.derivations-check b.follows-from-error,.derivations-check td.m.follows-from-error{color:var(--follows)}
.derivations-check b.undecided,.derivations-check b.timeout,.derivations-check td.m.undecided,
.derivations-check td.m.timeout{color:var(--open)}
.derivations-check b.unreadable,.derivations-check td.m.unreadable{color:var(--unread)}
.derivations-check td.c div.wrong{border-color:var(--wrong)}
.derivations-check td.c div.follows-from-error{border-color:var(--follows)}
.derivations-check td.c div.undecided,.derivations-check td.c div.timeout{border-color:var(--open)}
.derivations-check td.c div.unreadable{border-color:var(--unread)}.derivations-check td.c div.right{border-color:var(--right)}
.derivations-check tr.wrong td.s{background:var(--wrongpaper)}
.derivations-check tr.follows-from-error td.s{background:var(--followspaper)}
.derivations-check mark{background:none;color:inherit;text-decoration:underline 2px;text-underline-offset:.35em}
.derivations-check mark.wrong{text-decoration-color:var(--wrong)}
.derivations-check mark.right{text-decoration-color:var(--right)}
.derivations-check mark.follows-from-error{text-decoration-color:var(--follows)}
.derivations-check mark.undecided,.derivations-check mark.timeout{text-decoration-color:var(--open);
text-decoration-style:dotted}
.derivations-check mark.unreadable{text-decoration-color:var(--unread);text-decoration-style:dashed}
.derivations-check mark.not-mathematics{text-decoration:none}
.derivations-check a,.derivations-class a{color:var(--open)}
@media screen and (max-width:46em){.derivations-check thead{display:none}.derivations-check tr{display:grid;
grid-template-columns:2.5em 1.6em 1fr}
.derivations-check td.s,.derivations-check td.c{width:auto}.derivations-check td.c{grid-column:3}
.derivations-check td.c:empty{display:none}
.derivations-class table,.derivations-class tbody{display:block}.derivations-class thead{display:none}
.derivations-class tr{display:block;border-bottom:1px solid var(--rule);padding:.4em 0}
.derivations-class td{display:inline-block;border:none;padding:0 .5em}}
@page{margin:15mm 12mm}
@media print{.derivations-check,.derivations-class{max-width:none;padding:0;font-size:10pt}.derivations-check td,
.derivations-class tr{break-inside:avoid}
.derivations-check{break-before:page}.derivations-check:first-child{break-before:auto}
.derivations-check tr.wrong td.s,.derivations-check tr.follows-from-error td.s{print-color-adjust:exact;
-webkit-print-color-adjust:exact}}
"""

PAGE = """
body{margin:0}
@media screen and (prefers-color-scheme:dark){body{background:#14181d}}
"""
"""What a page of its own needs besides; a report inside of another page leaves that alone."""
