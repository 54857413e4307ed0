// Starts what makes the page live. Without this module the page is complete, only not live.
import { followSections } from "./components/live-sections.js";

const sign = document.querySelector("[data-live]");
if (sign && "EventSource" in window) {
  followSections(sign);
}
