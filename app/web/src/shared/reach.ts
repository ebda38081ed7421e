import { ref } from 'vue';

/** Whether the last call reached the server at all. */
export const reachable = ref(navigator.onLine);

window.addEventListener('offline', () => (reachable.value = false));
window.addEventListener('online', () => (reachable.value = true));
