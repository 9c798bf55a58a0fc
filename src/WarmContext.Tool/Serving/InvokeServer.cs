using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WarmContext.Tool.Errors;

namespace WarmContext.Tool.Serving;

/// <summary>Serves the Invoke API over HTTP.</summary>
internal sealed class InvokeServer : IAsyncDisposable
{
    private readonly WebApplication _application;

    private InvokeServer(WebApplication application) => _application = application;

    /// <summary>Where it listens.</summary>
    public Uri Url => new(_application.Urls.Single());

    public static async Task<InvokeServer> StartAsync(
        IPAddress address, int port, InvokeService service, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(address, port);
        });
        builder.Services.AddRoutingCore();
        builder.Logging.ClearProviders();

        // Ctrl+C is for the command to hear.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        var application = builder.Build();
        application.MapPost(
            "/2015-03-31/functions/{name}/invocations",
            (string name, HttpContext http) => AnswerAsync(http, () => service.InvokeAsync(name, http)));
        application.MapPost(
            "/2021-11-15/functions/{name}/response-streaming-invocations",
            (string name, HttpContext http) => AnswerAsync(http, () => service.InvokeWithResponseStreamAsync(name, http)));
        application.MapFallback(static http =>
            new InvokeError(
                StatusCodes.Status404NotFound,
                "UnknownOperationException",
                $"There is no {http.Request.Method} {http.Request.Path} here; the Invoke API alone is served.")
            .WriteAsync(http.Response, http.RequestAborted));
        try
        {
            await application.StartAsync(cancellationToken);
            return new InvokeServer(application);
        }
        catch (IOException exception) when (exception.InnerException is AddressInUseException)
        {
            await application.DisposeAsync();
            throw new ToolException(
                $"--port is {port}, and something listens on {address}:{port} already; end it, or give another port (0 takes a free one).");
        }
        catch (SocketException exception)
        {
            await application.DisposeAsync();
            throw new ToolException(WhyNot(exception, address, port));
        }
    }

    private static string WhyNot(SocketException exception, IPAddress address, int port) => exception.SocketErrorCode switch
    {
        SocketError.AddressNotAvailable =>
            $"--address is '{address}', which is no address of this machine; give one that it has, like 127.0.0.1.",
        SocketError.AccessDenied => $"--port is {port}, which this user may not listen on; give one from 1024.",
        _ => $"{address}:{port} can't be listened on: {exception.Message}; give another --port or --address.",
    };

    public async ValueTask DisposeAsync()
    {
        using var noGrace = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _application.StopAsync(noGrace.Token);
        await _application.DisposeAsync();
    }

    private static async Task AnswerAsync(HttpContext http, Func<Task> answer)
    {
        try
        {
            await answer();
        }
        catch (InvokeError error)
        {
            await error.WriteAsync(http.Response, http.RequestAborted);
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException && !http.Response.HasStarted)
        {
            await InvokeError.Ours("The server is ending.").WriteAsync(http.Response, CancellationToken.None);
        }
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
