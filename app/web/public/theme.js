(function () {
  var mode = null;
  try {
    mode = localStorage.getItem('dingban.theme');
  } catch (e) {
    // Storage may be switched off; the system's preference decides then.
  }
  var dark = mode === 'dark' || (mode !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.classList.toggle('dark', dark);
})();
