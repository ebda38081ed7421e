/* global SwaggerUIBundle */
window.addEventListener('DOMContentLoaded', function () {
  SwaggerUIBundle({
    url: '/openapi.json',
    dom_id: '#docs',
    deepLinking: true,
    // The validator badge would tell an outside service about this installation.
    validatorUrl: null,
    presets: [SwaggerUIBundle.presets.apis],
    layout: 'BaseLayout',
    docExpansion: 'list',
    defaultModelsExpandDepth: 0,
    tryItOutEnabled: true,
    withCredentials: true,
  });
});
