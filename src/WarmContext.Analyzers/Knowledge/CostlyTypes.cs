using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace WarmContext.Analyzers.Knowledge;

/// <summary>Types that cost milliseconds, sockets or threads to build and are made to be shared.</summary>
internal sealed class CostlyTypes
{
    // Deriving types count too. Names, not references: a project has only some of these.
    private static readonly string[] s_names =
    {
        "Amazon.Runtime.AmazonServiceClient",
        "Amazon.S3.Transfer.TransferUtility",
        "Amazon.DynamoDBv2.DataModel.DynamoDBContext",
        "Amazon.SecretsManager.Extensions.Caching.SecretsManagerCache",
        "System.Net.Http.HttpClient",
        "System.Data.Common.DbDataSource",
        "StackExchange.Redis.ConnectionMultiplexer",
        "MySqlConnector.MySqlDataSource",
        "MongoDB.Driver.MongoClient",
        "OpenTelemetry.Trace.TracerProvider",
        "OpenTelemetry.Metrics.MeterProvider",
        "OpenTelemetry.Logs.LoggerProvider",
        "Grpc.Net.Client.GrpcChannel",
        "Grpc.Core.Channel",
        "Microsoft.Extensions.DependencyInjection.ServiceProvider",
        "WarmContext.Warm`1",
        "WarmContext.S3.S3FileCache",
    };

    // Contracts that only such types implement: what a field or a factory declares.
    private static readonly string[] s_contracts =
    {
        "Amazon.Runtime.IAmazonService",
        "StackExchange.Redis.IConnectionMultiplexer",
        "MongoDB.Driver.IMongoClient",
    };

    private readonly Compilation _compilation;
    private readonly KnownTypes _types;
    private readonly AnalyzerSettings _settings;
    private readonly INamedTypeSymbol? _messageHandler;
    private readonly HashSet<ISymbol> _costly;
    private readonly HashSet<ISymbol> _costlyContracts;

    public CostlyTypes(Compilation compilation, KnownTypes types, AnalyzerSettings settings)
    {
        _compilation = compilation;
        _types = types;
        _settings = settings;
        _messageHandler = compilation.GetTypeByMetadataName("System.Net.Http.HttpMessageHandler");
        _costly = Resolve(compilation, s_names);
        _costlyContracts = Resolve(compilation, s_contracts);
    }

    /// <summary>True for the type and what derives from it, and for types named in .editorconfig.</summary>
    public bool IsCostly(ITypeSymbol? type, SyntaxTree tree)
    {
        if (type is null || type.TypeKind is TypeKind.Error or TypeKind.Dynamic)
        {
            return false;
        }

        for (var current = type; current is not null; current = current.BaseType)
        {
            if (_costly.Contains(current.OriginalDefinition))
            {
                return true;
            }
        }

        if (_costlyContracts.Count > 0)
        {
            if (_costlyContracts.Contains(type.OriginalDefinition))
            {
                return true;
            }

            foreach (var contract in type.AllInterfaces)
            {
                if (_costlyContracts.Contains(contract.OriginalDefinition))
                {
                    return true;
                }
            }
        }

        return IsConfigured(type, _settings.CostlyTypes(tree));
    }

    /// <summary>
    /// True for what a new object may wrap: a costly type, or the message handler that carries an HttpClient's connections.
    /// </summary>
    public bool IsShareable(ITypeSymbol? type, SyntaxTree tree) => IsCostly(type, tree) || type.IsOrDerivesFrom(_messageHandler);

    /// <summary>
    /// The costly type an operation builds: by constructor, by a static factory of it (Create, Connect, ForAddress), or by a builder's
    /// Build.
    /// </summary>
    public ITypeSymbol? BuiltBy(IOperation operation)
    {
        var tree = operation.Syntax.SyntaxTree;
        switch (operation)
        {
            case IObjectCreationOperation creation:
                return IsCostly(creation.Type, tree) ? creation.Type : null;
            case IInvocationOperation { TargetMethod: { } method } when MayBeFactory(method.Name):
                var built = _types.UnwrapTask(method.ReturnType);
                return method.MethodKind != MethodKind.DelegateInvoke
                    && !method.IsDeclaredIn(_compilation)
                    && IsCostly(built, tree)
                    && IsFactory(method, built!)
                    ? built
                    : null;
            default:
                return null;
        }
    }

    // Asked first, and for every call: a name costs less to compare than a type's ancestors.
    private static bool MayBeFactory(string name)
        => IsBuild(name)
            || name.StartsWith("Create", StringComparison.Ordinal)
            || name.StartsWith("Connect", StringComparison.Ordinal)
            || name == "ForAddress";

    private static bool IsBuild(string name) => name.StartsWith("Build", StringComparison.Ordinal);

    private static bool IsFactory(IMethodSymbol method, ITypeSymbol built)
    {
        if (IsBuild(method.Name))
        {
            var receiver = method is { IsExtensionMethod: true, ReducedFrom: null, Parameters.Length: > 0 }
                ? method.Parameters[0].Type
                : method.ReceiverType ?? method.ContainingType;
            return receiver.Name.EndsWith("Builder", StringComparison.Ordinal) || receiver.Name == "IServiceCollection";
        }

        // A static method of the type itself, not a lookup such as GetInstance or a shared default.
        return method.IsStatic
            && !method.IsExtensionMethod
            && (built.IsOrDerivesFrom(method.ContainingType) || method.ContainingType.IsOrDerivesFrom(built));
    }

    private static bool IsConfigured(ITypeSymbol type, ImmutableHashSet<string> names)
    {
        if (names.Count == 0)
        {
            return false;
        }

        for (var current = type; current is not null; current = current.BaseType)
        {
            if (names.Contains(current.OriginalDefinition.FullMetadataName()))
            {
                return true;
            }
        }

        foreach (var contract in type.AllInterfaces)
        {
            if (names.Contains(contract.OriginalDefinition.FullMetadataName()))
            {
                return true;
            }
        }

        return false;
    }

    private static HashSet<ISymbol> Resolve(Compilation compilation, string[] names)
    {
        var found = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        foreach (var name in names)
        {
            if (compilation.GetTypeByMetadataName(name) is { } type)
            {
                found.Add(type);
            }
        }

        return found;
    }
}
