using LifecycleFunctions;
using WarmContext.Lambda;

// Started with a handler as argument, it hosts that, as Lambda's own runtime hosts a class library.
if (args is [var name])
{
    using var plain = new HttpClient();
    await new RuntimeClient(plain, ClassLibrary.Load(name)).RunAsync();
}

// An executable function. GATE=no leaves out the one line that AfterResponse needs here.
using var client = Environment.GetEnvironmentVariable("GATE") == "no" ? new HttpClient() : RuntimeGate.CreateHttpClient();
using var hook = Environment.GetEnvironmentVariable("SHUTDOWN_HOOK") == "yes" ? Goodbye.Register() : null;
var handlers = new BackgroundHandlers();

// REFUSES_INPUT=yes fails as a serializer does that can't read the event: before the handler is called.
if (Environment.GetEnvironmentVariable("STREAMING") == "yes")
{
    await new RuntimeClient(client, BackgroundHandlers.StreamAsync).RunAsync();
}

await new RuntimeClient(
    client,
    Environment.GetEnvironmentVariable("REFUSES_INPUT") == "yes"
        ? (_, _) => throw new FormatException("not an order") : handlers.Work).RunAsync();
