using System.Text.Json;
using WarmContext.Testing.Http;
using WarmContext.Testing.RuntimeApi;

namespace WarmContext.Testing.Extensions;

/// <summary>The extensions of a sandbox, and the Extensions API's part that concerns them alone. Guarded by the sandbox's lock.</summary>
internal sealed class ExtensionRegistry(LocalFunctionOptions options)
{
    // The limit that AWS's own emulator enforces; documented at https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html.
    private const int MaxExtensions = 10;
    private const string Identifier = "Lambda-Extension-Identifier";
    private const string ErrorType = "Lambda-Extension-Function-Error-Type";

    private readonly List<Extension> _extensions = [];

    public bool HasExternal => _extensions.Exists(static extension => extension.IsExternal);

    public bool IsEmpty => _extensions.Count == 0;

    /// <summary>True when no extension stands in the way of a freeze.</summary>
    public bool AllReady => _extensions.TrueForAll(static extension => extension.IsReady);

    /// <summary>Takes back the requests of those that have given them up.</summary>
    public void AbandonGone() => _extensions.ForEach(static extension => extension.AbandonIfGone());

    /// <summary>True when every external extension has registered, so that the runtime may be started.</summary>
    public bool AllExternalRegistered =>
        _extensions.TrueForAll(static extension => !extension.IsExternal || extension.State != ExtensionState.Started);

    /// <summary>The first error that an extension has reported; its process is about to end.</summary>
    public string? FatalErrorType { get; private set; }

    public Extension AddExternal(string name)
    {
        var extension = new Extension(name, isExternal: true);
        _extensions.Add(extension);
        return extension;
    }

    /// <summary>POST extension/register.</summary>
    public HttpResponse Register(HttpRequest request, bool isOpen)
    {
        var name = request.Header("Lambda-Extension-Name");
        if (string.IsNullOrEmpty(name))
        {
            return ExtensionResponses.Refused("Extension.InvalidExtensionName", "Empty extension name");
        }

        if (!TryReadEvents(request, out var events, out var problem))
        {
            return ExtensionResponses.Refused("InvalidRequestFormat", problem);
        }

        var extension = _extensions.Find(candidate => candidate.IsExternal && candidate.Name == name);
        foreach (var each in events)
        {
            // On Managed Instances nobody is told of invocations.
            if (each is not (Extension.Invoke or Extension.Shutdown) || (each == Extension.Invoke && options.IsConcurrent))
            {
                return ExtensionResponses.Refused("Extension.InvalidEventType", $"{each}: ErrorInvalidEventType");
            }

            if (each == Extension.Shutdown && extension is null)
            {
                return ExtensionResponses.Refused("Extension.InvalidEventType", $"{each}: ShutdownEventNotSupportedForInternalExtension");
            }
        }

        if (extension is null)
        {
            if (RefuseInternal(name, isOpen) is { } refusal)
            {
                return refusal;
            }

            extension = new Extension(name, isExternal: false);
            _extensions.Add(extension);
        }
        else if (extension.State != ExtensionState.Started)
        {
            return ExtensionResponses.InvalidState(extension, nameof(ExtensionState.Registered), extension.Name);
        }

        extension.Events.UnionWith(events);
        extension.State = ExtensionState.Registered;
        var withAccount = request.Header("Lambda-Extension-Accept-Feature")?
            .Split(',', StringSplitOptions.TrimEntries)
            .Contains("accountId") == true;
        return ExtensionResponses.Registered(extension, options, withAccount);
    }

    /// <summary>GET extension/event/next.</summary>
    /// <returns>The refusal, or null and the extension, which now waits.</returns>
    public HttpResponse? Next(HttpRequest request, out Extension? extension)
    {
        if (Find(request, id => $"Unknown extension {id}", out extension) is { } refusal)
        {
            return refusal;
        }

        extension!.AbandonIfGone();
        if (extension.State is not (ExtensionState.Registered or ExtensionState.Running))
        {
            return ExtensionResponses.InvalidState(extension, nameof(ExtensionState.Ready), extension.Id);
        }

        extension.Wait(request);
        return null;
    }

    /// <summary>POST extension/init/error and extension/exit/error.</summary>
    public HttpResponse Error(HttpRequest request, bool isInit)
    {
        if (Find(request, static _ => $"Unknown {Identifier}", out var extension) is { } refusal)
        {
            return refusal;
        }

        if (string.IsNullOrEmpty(request.Header(ErrorType)))
        {
            return ExtensionResponses.Refused("Extension.MissingHeader", $"{ErrorType} not found");
        }

        var target = isInit ? ExtensionState.InitError : ExtensionState.ExitError;
        var isAllowed = extension!.State == target || extension.State == ExtensionState.Registered
            || (!isInit && extension.State is ExtensionState.Ready or ExtensionState.Running);
        if (!isAllowed)
        {
            return ExtensionResponses.InvalidState(
                extension, isInit ? nameof(ExtensionState.InitError) : nameof(ExtensionState.Exited), extension.Id);
        }

        extension.State = target;
        FatalErrorType ??= isInit ? "Extension.InitError" : "Extension.ExitError";
        return ApiResponses.Accepted;
    }

    /// <summary>Delivers an event to those who have registered for it.</summary>
    public void Deliver(string eventType, HttpResponse response)
    {
        foreach (var extension in _extensions)
        {
            if (extension.Events.Contains(eventType))
            {
                extension.Deliver(response);
            }
        }
    }

    /// <summary>Cuts the connections of those that wait for an event.</summary>
    public void CutEventRequests() => _extensions.ForEach(static extension => extension.Deliver(HttpResponse.Cut));

    private static bool TryReadEvents(HttpRequest request, out List<string> events, out string problem)
    {
        events = [];
        problem = string.Empty;
        try
        {
            using var document = JsonDocument.Parse(request.Body);
            if (document.RootElement.TryGetProperty("configurationKeys", out var keys) && keys.GetArrayLength() > 0)
            {
                problem = "configurationKeys are deprecated; use environment variables instead";
                return false;
            }

            if (document.RootElement.TryGetProperty("events", out var names) && names.ValueKind != JsonValueKind.Null)
            {
                events.AddRange(names.EnumerateArray().Select(static name => name.GetString() ?? string.Empty));
            }

            return true;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            problem = exception.Message;
            return false;
        }
    }

    private HttpResponse? RefuseInternal(string name, bool isOpen) =>
        !isOpen ? ExtensionResponses.Refused("Extension.RegistrationClosed", "Extension registration closed already")
        : _extensions.Exists(extension => extension.Name == name)
            ? ExtensionResponses.Refused("Extension.InvalidExtensionState", "Extension with this name already registered")
        : _extensions.Count >= MaxExtensions
            ? ExtensionResponses.Refused("Extension.TooManyExtensions", $"Extension limit ({MaxExtensions}) reached")
        : null;

    private HttpResponse? Find(HttpRequest request, Func<string, string> unknown, out Extension? extension)
    {
        extension = null;
        if (request.Header(Identifier) is not { Length: > 0 } id)
        {
            return ExtensionResponses.Refused("Extension.MissingExtensionIdentifier", $"Missing {Identifier} header");
        }

        if (!Guid.TryParse(id, out _))
        {
            return ExtensionResponses.Refused("Extension.InvalidExtensionIdentifier", $"Invalid {Identifier}");
        }

        extension = _extensions.Find(candidate => candidate.Id == id);
        return extension is null ? ExtensionResponses.Refused("Extension.UnknownExtensionIdentifier", unknown(id)) : null;
    }
}
