/* What node-api-headers leaves out because it is experimental, and what the fallback Electron insists on:
   finalizers that touch JavaScript are put off until after the garbage collection. */
#include <js_native_api.h>
#define NODE_API_EXPERIMENTAL_HAS_POST_FINALIZER
extern "C" napi_status node_api_post_finalizer(napi_env env, napi_finalize finalize, void *data, void *hint);
