using LifecycleFunctions;
using WarmContext.Lambda;

// An executable function. GATE=no leaves out the one line that AfterResponse needs here.
using var client = Environment.GetEnvironmentVariable("GATE") == "no" ? new HttpClient() : RuntimeGate.CreateHttpClient();
await new RuntimeClient(client, new BackgroundHandlers().Work).RunAsync();
