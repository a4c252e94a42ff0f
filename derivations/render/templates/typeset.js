// KaTeX has no double-struck 1, so the indicator's is put together from two letters.
for (const place of document.querySelectorAll(".math")) {
  const source = place.textContent.replaceAll("\\mathbb{1}", "{\\mathrm{1\\mkern-4.6mu l}}");
  const style = place.classList.contains("display") ? "\\displaystyle " : "";
  katex.render(style + source, place, { throwOnError: false });
}
