// What the page can do beyond being read: zoom and pan, details on hover and focus, going from part to part by keyboard.
(() => {
  'use strict';
  const view = document.getElementById('view');
  const track = document.getElementById('track');
  const axis = document.getElementById('axis');
  const overview = document.getElementById('overview');
  const card = document.getElementById('card');
  const span = document.getElementById('span');
  const length = Number(view.dataset.length);
  const widest = 4e6; // Browsers lay out no wider.
  let zoom = 1;

  const format = ms => {
    const [value, unit] = ms >= 864e5 ? [ms / 864e5, 'd'] : ms >= 36e5 ? [ms / 36e5, 'h'] : ms >= 12e4 ? [ms / 6e4, 'min'] : ms >= 1e3 ? [ms / 1e3, 's'] : ms >= 1 || ms === 0 ? [ms, 'ms'] : [ms * 1e3, 'µs'];
    return `${Number(value.toPrecision(4))} ${unit}`;
  };

  // Zoom and pan: the track gets wider within a view that scrolls, so touch, wheel and scroll bar move it by themselves.
  const mostZoom = () => Math.max(1, Math.min(widest / view.clientWidth, length / 0.05));
  const setZoom = (to, atX = view.clientWidth / 2) => {
    const before = (view.scrollLeft + atX) / track.clientWidth;
    zoom = Math.min(Math.max(to, 1), mostZoom());
    track.style.setProperty('--zoom', zoom);
    view.scrollLeft = before * track.clientWidth - atX;
    draw();
  };
  const show = element => {
    const part = element.closest('.part, .marks li') ?? element;
    const left = parseFloat(part.style.left) / 100;
    const width = Math.max(parseFloat(part.style.width) / 100 || 0, 1e-9);
    setZoom(Math.max(zoom, Math.min(0.4 / width, zoom * 1e9)));
    view.scrollLeft = (left + width / 2) * track.clientWidth - view.clientWidth / 2;
    draw();
  };

  let drawing = 0;
  const draw = () => { drawing ||= requestAnimationFrame(() => { drawing = 0; drawAxis(); drawOverview(); }); };
  const drawAxis = () => {
    const from = view.scrollLeft / track.clientWidth * length;
    const shown = view.clientWidth / track.clientWidth * length;
    const raw = shown / Math.max(2, view.clientWidth / 130);
    const power = 10 ** Math.floor(Math.log10(raw));
    const step = [1, 2, 5, 10].map(factor => factor * power).find(candidate => candidate >= raw);
    const ticks = [];
    for (let at = Math.max(0, Math.floor(from / step) - 1) * step; at <= Math.min(length, from + shown + step); at += step) {
      const tick = document.createElement('li');
      tick.style.left = `${at / length * 100}%`;
      tick.textContent = format(Math.round(at * 1e6) / 1e6);
      ticks.push(tick);
    }
    // The last would stick out at the right.
    if (ticks.length > 1 && parseFloat(ticks.at(-1).style.left) > 100 - 60 / track.clientWidth * 100) ticks.pop();
    axis.replaceChildren(...ticks);
    span.value = `${format(shown)} shown`;
  };

  // The overview: everything, with a window for what is in view.
  const colours = { Init: '--init', Invoke: '--invoke', Freeze: '--freeze', Thaw: '--thaw', Restore: '--restore', Snapshot: '--snapshot', Shutdown: '--shutdown' };
  const lanes = [...document.querySelectorAll('.lane')].map(lane => [...lane.querySelectorAll('.part')].map(part => ({
    kind: part.matches('.invocation.error') ? 'Error' : part.dataset.kind, left: parseFloat(part.style.left) / 100, width: parseFloat(part.style.width) / 100 })));
  const drawOverview = () => {
    const style = getComputedStyle(document.documentElement);
    const width = overview.width = overview.clientWidth * devicePixelRatio;
    const height = overview.height = 36 * devicePixelRatio;
    const context = overview.getContext('2d');
    const row = height / lanes.length;
    lanes.forEach((parts, index) => {
      for (const part of [...parts].sort((a, b) => (a.kind === 'Freeze' ? 0 : 1) - (b.kind === 'Freeze' ? 0 : 1))) {
        context.fillStyle = style.getPropertyValue(part.kind === 'Error' ? '--error' : colours[part.kind] ?? '--soft');
        context.fillRect(part.left * width, index * row + 1, Math.max(part.width * width, devicePixelRatio), row - 2);
      }
    });
    const left = view.scrollLeft / track.clientWidth * width;
    const shown = view.clientWidth / track.clientWidth * width;
    if (zoom > 1) {
      context.fillStyle = style.getPropertyValue('--page');
      context.globalAlpha = 0.65;
      context.fillRect(0, 0, left, height);
      context.fillRect(left + shown, 0, width, height);
      context.globalAlpha = 1;
      context.strokeStyle = style.getPropertyValue('--accent');
      context.lineWidth = 2 * devicePixelRatio;
      context.strokeRect(Math.min(left, width - 4), 1, Math.max(shown, 4), height - 2);
    }
  };
  const goTo = event => {
    const box = overview.getBoundingClientRect();
    view.scrollLeft = (event.clientX - box.left) / box.width * track.clientWidth - view.clientWidth / 2;
  };
  overview.addEventListener('pointerdown', event => { overview.setPointerCapture(event.pointerId); goTo(event); });
  overview.addEventListener('pointermove', event => { if (overview.hasPointerCapture(event.pointerId)) goTo(event); });

  // Details: what without scripts is a title becomes a card that the keyboard gets too.
  const details = new Map();
  for (const element of track.querySelectorAll('[title]')) {
    details.set(element, element.title);
    element.setAttribute('aria-label', element.title.replaceAll('\n', ', '));
    element.removeAttribute('title');
    if (element.matches('.part')) element.setAttribute('role', 'img');
  }
  let carded = null;
  const showCard = (element, x, y) => {
    const owner = element?.closest?.('.invocation')?.querySelector('a') ?? element?.closest?.('.part, .mark');
    const text = owner && details.get(owner);
    card.hidden = !text;
    carded?.classList.remove('at');
    carded = text ? owner.closest('.part') : null;
    carded?.classList.add('at');
    if (!text) return;
    card.textContent = text;
    const box = card.getBoundingClientRect();
    card.style.left = `${Math.max(8, Math.min(x + 14, innerWidth - box.width - 8))}px`;
    card.style.top = `${y + 18 + box.height > innerHeight ? Math.max(8, y - box.height - 14) : y + 18}px`;
  };
  view.addEventListener('pointermove', event => { if (!drag?.moved) showCard(event.target, event.clientX, event.clientY); });
  view.addEventListener('pointerleave', () => showCard(null));

  // Keyboard: one stop for Tab, arrows from part to part.
  const rows = [...document.querySelectorAll('.strip, .marks')].map(row => [...row.querySelectorAll('.part:not(.invocation), a')]).filter(row => row.length);
  const all = rows.flat();
  all.forEach((element, index) => { element.tabIndex = index === 0 ? 0 : -1; });
  const focus = element => {
    if (!element) return;
    all.forEach(other => { other.tabIndex = -1; });
    element.tabIndex = 0;
    element.focus({ preventScroll: true });
    const part = element.closest('li');
    const left = parseFloat(part.style.left) / 100 * track.clientWidth;
    if (left < view.scrollLeft || left > view.scrollLeft + view.clientWidth - 20) view.scrollLeft = left - view.clientWidth / 3;
    part.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    const box = element.getBoundingClientRect();
    showCard(element, Math.max(box.left, 0), box.bottom - 12);
  };
  const nearest = (row, left) => row?.reduce((best, element) =>
    Math.abs(parseFloat(element.closest('li').style.left) - left) < Math.abs(parseFloat(best.closest('li').style.left) - left) ? element : best);
  view.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const element = document.activeElement;
    const row = rows.findIndex(candidate => candidate.includes(element));
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const lane = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (event.key === '+' || event.key === '=') setZoom(zoom * 1.6);
    else if (event.key === '-') setZoom(zoom / 1.6);
    else if (event.key === '0') setZoom(1);
    else if (row >= 0 && step) focus(rows[row][rows[row].indexOf(element) + step]);
    else if (row >= 0 && lane) focus(nearest(rows[row + lane], parseFloat(element.closest('li').style.left)));
    else if (row >= 0 && event.key === 'Home') focus(rows[row][0]);
    else if (row >= 0 && event.key === 'End') focus(rows[row].at(-1));
    else if (row >= 0 && event.key.toLowerCase() === 'z') show(element);
    else if (event.key === 'Escape') showCard(null);
    else return;
    event.preventDefault();
  });
  view.addEventListener('focusout', () => showCard(null));

  // Mouse: Ctrl and the wheel zoom where the pointer is, dragging pans, a double click zooms to a part.
  view.addEventListener('wheel', event => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    setZoom(zoom * Math.exp(-event.deltaY / 200), event.clientX - view.getBoundingClientRect().left);
  }, { passive: false });
  let drag = null;
  view.addEventListener('pointerdown', event => { if (event.pointerType === 'mouse' && event.button === 0) drag = { x: event.clientX, left: view.scrollLeft, moved: false }; });
  addEventListener('pointermove', event => {
    if (!drag) return;
    drag.moved ||= Math.abs(event.clientX - drag.x) > 4;
    if (drag.moved) { view.classList.add('drag'); view.scrollLeft = drag.left - (event.clientX - drag.x); showCard(null); }
  });
  addEventListener('pointerup', () => {
    view.classList.remove('drag');
    const moved = drag?.moved;
    drag = null;
    if (!moved) return;
    // The click that ends a drag follows no link.
    const stop = event => { event.preventDefault(); event.stopPropagation(); };
    view.addEventListener('click', stop, { capture: true });
    setTimeout(() => view.removeEventListener('click', stop, { capture: true }), 0);
  });
  view.addEventListener('dragstart', event => event.preventDefault());
  view.addEventListener('dblclick', event => { const part = event.target.closest('.part'); if (part) show(part); });
  view.addEventListener('scroll', draw);
  addEventListener('resize', draw);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
  for (const button of document.querySelectorAll('[data-zoom]')) {
    button.addEventListener('click', () => setZoom({ in: zoom * 2, out: zoom / 2, fit: 1 }[button.dataset.zoom]));
  }

  // Links to the timeline bring their place into view.
  document.addEventListener('click', event => {
    const link = event.target.closest('a[href^="#t-"], a[href^="#mark-"]');
    const target = link && !view.contains(link) && document.getElementById(link.getAttribute('href').slice(1));
    if (!target) return;
    event.preventDefault();
    document.querySelectorAll('.hit').forEach(hit => hit.classList.remove('hit'));
    target.closest('.part')?.classList.add('hit');
    document.getElementById('timeline').scrollIntoView({ block: 'start' });
    show(target);
    focus(target);
  });

  document.querySelectorAll('.tools, .help').forEach(element => { element.hidden = false; });
  overview.hidden = lanes.length === 0;
  addEventListener('beforeprint', () => {
    document.querySelectorAll('details').forEach(element => { element.open = true; });
    setZoom(1);
    drawAxis();
  });
  document.documentElement.dataset.ready = 'true';
  draw();
})();
