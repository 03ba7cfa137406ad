// Shows openapi.yaml. A file of its own, because the page's policy forbids scripts within it.
SwaggerUIBundle({
  url: 'openapi.yaml',
  dom_id: '#document',
  deepLinking: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
  validatorUrl: null, // else the document would be sent to somebody else's server
})
