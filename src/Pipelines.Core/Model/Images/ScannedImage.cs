namespace Pipelines.Core;

/// <summary>Evidence that an image was scanned and nothing blocks it. Only a scan stage makes one.</summary>
public sealed record ScannedImage
{
    internal ScannedImage(BuiltImage image, ScanResult scan)
    {
        Image = image;
        Scan = scan;
    }

    /// <summary>The image that was scanned.</summary>
    public BuiltImage Image { get; }

    /// <summary>What the scan found.</summary>
    public ScanResult Scan { get; }
}
