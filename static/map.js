/* The map itself, after Leaflet and its clusters in the same file: loaded when the person opens it, draws at once. */
"use strict";
(async () => {
  const panel = document.querySelector("[data-map]");
  const frame = panel.querySelector("[data-map-frame]");
  const message = panel.querySelector("[data-map-message]");
  const isStill = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const number = new Intl.NumberFormat("fr-FR");
  const counted = (count) => `${number.format(count)} offre${count > 1 ? "s" : ""}`;
  const tiles =
    "https://data.geopf.fr/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=GEOGRAPHICALGRIDSYSTEMS.PLANIGNV2" +
    "&STYLE=normal&FORMAT=image/png&TILEMATRIXSET=PM&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}";

  const say = (...sentences) => {
    message.textContent = sentences.filter(Boolean).join(" ");
  };

  let found;
  try {
    const answer = await fetch(panel.dataset.points, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    found = await answer.json();
  } catch {
    frame.hidden = true;
    say("Les offres n’ont pas pu être placées sur la carte. La liste ci-dessous dit la même chose.");
    return;
  }

  /* A marker that says how many offers it stands for, to the eye and to the ear. */
  const Counter = L.DivIcon.extend({
    createIcon(old) {
      const element = L.DivIcon.prototype.createIcon.call(this, old);
      element.setAttribute("aria-label", this.options.label);
      const disc = document.createElement("span");
      disc.setAttribute("aria-hidden", "true");
      disc.textContent = this.options.count > 1 ? number.format(this.options.count) : "";
      element.replaceChildren(disc);
      return element;
    },
  });
  const icon = (count, label, kind) => {
    const size = count === 1 ? 26 : count < 10 ? 34 : count < 100 ? 40 : 48;
    return new Counter({ count, label, className: `map-marker map-${kind}`, iconSize: [size, size] });
  };

  const link = (offer) => {
    const anchor = document.createElement("a");
    anchor.href = offer.url;
    anchor.textContent = offer.title;
    const item = document.createElement("li");
    item.append(anchor);
    if (offer.company) item.append(` · ${offer.company}`);
    return item;
  };
  const popup = (place) => {
    const list = document.createElement("ul");
    list.append(...place.offers.map(link));
    const title = document.createElement("p");
    title.className = "map-place";
    title.textContent = [place.label, place.km === null ? "" : `à environ ${number.format(place.km)} km`]
      .filter(Boolean)
      .join(", ");
    const content = document.createElement("div");
    content.append(title, list);
    return content;
  };

  const map = L.map(frame, {
    minZoom: 4,
    maxZoom: 18,
    inertia: !isStill,
    zoomAnimation: !isStill,
    fadeAnimation: !isStill,
    markerZoomAnimation: !isStill,
    zoomControl: false,
  });
  map.attributionControl.setPrefix(false);
  L.control.zoom({ zoomInTitle: "Agrandir", zoomOutTitle: "Réduire" }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);

  const markers = L.markerClusterGroup({
    animate: !isStill,
    showCoverageOnHover: false,
    maxClusterRadius: 56,
    disableClusteringAtZoom: 16, // offers at one very place share a marker: what is left can be told apart
    spiderfyOnMaxZoom: false,
    iconCreateFunction: (cluster) => {
      const count = cluster.getAllChildMarkers().reduce((sum, marker) => sum + marker.options.count, 0);
      return icon(count, `${counted(count)} : agrandir la carte ici`, "cluster");
    },
  });
  for (const place of found.places) {
    const count = place.offers.length;
    const name = count > 1 ? counted(count) : place.offers[0].title;
    const label = place.label ? `${name}, ${place.label}` : name;
    L.marker([place.latitude, place.longitude], { icon: icon(count, label, "place"), count })
      .bindPopup(() => popup(place), { maxWidth: 300, maxHeight: 240, autoPanPadding: [16, 16] })
      .addTo(markers);
  }

  let bounds = markers.getBounds().pad(0.15);
  if (found.around) {
    const { latitude, longitude, km } = found.around;
    map.setView([latitude, longitude], 9); // a circle has no bounds before the map has a place
    const circle = L.circle([latitude, longitude], { radius: km * 1000, interactive: false, className: "map-around" });
    circle.addTo(map);
    if (!bounds.isValid()) bounds = circle.getBounds();
  }
  if (bounds.isValid()) map.fitBounds(bounds, { padding: [24, 24], maxZoom: 13, animate: false });
  else map.setView([46.6, 2.5], 5); // nothing is placed: the whole country
  markers.addTo(map);

  /* The keyboard goes into a popup when it opens, and back to its marker when it closes. */
  map.on("popupopen", (event) => {
    const element = event.popup.getElement();
    element.setAttribute("role", "group");
    element.setAttribute("aria-label", "Offres à cet endroit");
    element.querySelector(".leaflet-popup-close-button")?.setAttribute("aria-label", "Fermer");
    element.querySelector("a[href]:not([role])")?.focus({ preventScroll: true });
  });
  map.on("popupclose", (event) => {
    if (event.popup.getElement()?.contains(document.activeElement)) {
      event.popup._source?.getElement()?.focus({ preventScroll: true });
    }
  });
  frame.addEventListener("keydown", (event) => {
    if (event.key === "Escape") map.closePopup(); // Leaflet listens only while the map itself has the focus
    if ((event.key === "Enter" || event.key === " ") && event.target.classList.contains("map-marker")) {
      event.preventDefault(); // what says that it is a button answers like one, clusters too
      event.target.click();
      if (event.target.classList.contains("map-cluster")) frame.focus({ preventScroll: true }); // it dissolves
    }
  });

  const facts = [
    `${counted(found.count)} sur la carte.`,
    found.is_cut ? "Ce sont les premières de votre recherche : précisez-la pour voir les autres." : "",
    found.unplaced ? `${counted(found.unplaced)} sans lieu précis : seulement dans la liste.` : "",
  ];
  const background = L.tileLayer(tiles, {
    maxNativeZoom: 18,
    maxZoom: 18,
    attribution: "© <a href='https://www.ign.fr/' rel='noopener'>IGN</a> – Plan IGN",
  });
  background.on("tileerror", () => say(...facts, "Le fond de carte ne répond pas : les offres restent à leur place."));
  background.on("tileload", () => say(...facts));
  say(...facts);
  background.addTo(map);
})();
