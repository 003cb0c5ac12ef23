/* Turbo for navigation, Stimulus for behaviour; everything else is loaded when a page asks for it. */
import "@hotwired/turbo";
import { Application } from "@hotwired/stimulus";
import { controllers } from "virtual:controllers";
import { loadControllers } from "./lib/controllers";
import { startServiceWorker } from "./lib/sw_client";

loadControllers(Application.start(), controllers);

if (document.readyState === "complete") void startServiceWorker();
else window.addEventListener("load", () => void startServiceWorker());
