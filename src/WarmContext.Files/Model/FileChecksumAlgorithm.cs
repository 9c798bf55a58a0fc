namespace WarmContext.Files;

/// <summary>How a checksum is computed. These are the ones that Amazon S3 stores with objects.</summary>
public enum FileChecksumAlgorithm
{
    /// <summary>CRC-32 of ISO-HDLC, as in zip: 4 bytes.</summary>
    Crc32 = 0,

    /// <summary>CRC-32C (Castagnoli): 4 bytes.</summary>
    Crc32C,

    /// <summary>CRC-64/NVME: 8 bytes.</summary>
    Crc64Nvme,

    /// <summary>SHA-1: 20 bytes.</summary>
    Sha1,

    /// <summary>SHA-256: 32 bytes.</summary>
    Sha256,

    /// <summary>MD5, which the entity tag of a plain single upload is: 16 bytes.</summary>
    Md5,
}
